import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useEffect, useState } from "react";
import { client } from "../wire/client.ts";
import { Icon } from "./icon.tsx";
import styles from "./photo.module.css";

/**
 * A stored photo, at least `width` pixels wide, filling its place; an outline where there is none. The photo comes through
 * the session, as everything does: an address alone shows nobody anything.
 */
export function Photo({
  hash,
  width,
  alt,
}: {
  /** SHA-256 of the photo; undefined: there is none. */
  hash: string | undefined;
  width: 64 | 160 | 320 | 640 | 1024;
  /** "" where the words beside it say the same. */
  alt: string;
}): ReactElement {
  const { data, isLoading } = useQuery({
    queryKey: ["photoThumbnail", hash, width],
    queryFn: ({ signal }) => bytesOf(hash ?? "", { width, signal }),
    enabled: hash !== undefined,
    staleTime: Infinity,
    retry: false,
  });
  const address = useObjectUrl(data);
  if (address) return <img className={styles["photo"]} src={address} alt={alt} decoding="async" />;
  return (
    <span className={styles["none"]} aria-busy={isLoading}>
      <Icon name="image" size={width > 160 ? 40 : 22} {...(alt && { label: `No photo: ${alt}` })} />
    </span>
  );
}

async function bytesOf(
  hash: string,
  { width, signal }: { width: number; signal: AbortSignal },
): Promise<Blob> {
  const response = await client.photoThumbnail({ params: { hash }, query: { width }, signal });
  return response.blob();
}

/** An address of bytes in memory, as long as the component that asks lives. */
export function useObjectUrl(bytes: Blob | undefined): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (!bytes) {
      setAddress(undefined);
      return undefined;
    }
    const made = URL.createObjectURL(bytes);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes]);
  return address;
}
