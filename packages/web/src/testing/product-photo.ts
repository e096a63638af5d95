import type { Client } from "@souk/api";

/** The photo of a product of the shop as a file to drop: of the first that has one, among those that `word` finds. */
export async function productPhoto(
  admin: Client,
  word?: string,
): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const { items } = await admin.listProducts({ query: { limit: 50, text: word } });
  const hash = items.find(({ photo }) => photo !== undefined)?.photo ?? "";
  const response = await admin.photoThumbnail({ params: { hash }, query: { width: 160 } });
  const buffer = Buffer.from(await response.arrayBuffer());
  return { name: "photo.jpg", mimeType: "image/jpeg", buffer };
}
