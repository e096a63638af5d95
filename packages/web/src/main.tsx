import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { publishNonce } from "./wire/nonce.ts";
import { startSession } from "./wire/session.ts";

publishNonce();
void startSession();
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
