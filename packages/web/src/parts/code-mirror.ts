import {
  autocompletion,
  closeBrackets,
  closeCompletion,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, type Extension, Prec } from "@codemirror/state";
import { EditorView, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { styleNonce } from "../wire/nonce.ts";

/** Tables and their columns, for completion. */
export type SqlSchema = Readonly<Record<string, readonly string[]>>;

/** An open editor. */
export interface Editor {
  setText(text: string): void;
  /** Puts text where the cursor is, over what is selected, and goes on writing there. */
  insert(text: string): void;
  /** Completes other tables and columns from now on. */
  setSchema(schema: SqlSchema): void;
  close(): void;
}

interface EditorOptions {
  readonly text: string;
  readonly label: string;
  readonly schema: SqlSchema;
  readonly onChange: (text: string) => void;
  readonly onRun: (text: string) => void;
}

/** Puts an editor into `host`. This module is the chunk that is fetched for it. */
export function openEditor(host: HTMLElement, { text, schema, ...options }: EditorOptions): Editor {
  const language = new Compartment();
  const view = new EditorView({
    parent: host,
    state: EditorState.create({
      doc: text,
      extensions: [...extensionsOf(options), language.of(sqlOf(schema))],
    }),
  });
  return {
    setText(next) {
      const { doc } = view.state;
      if (doc.toString() === next) return;
      view.dispatch({ changes: { from: 0, to: doc.length, insert: next } });
    },
    insert(inserted) {
      view.dispatch(view.state.replaceSelection(inserted));
      view.focus();
    },
    setSchema: (next) => view.dispatch({ effects: language.reconfigure(sqlOf(next)) }),
    close: () => view.destroy(),
  };
}

function extensionsOf({
  label,
  onChange,
  onRun,
}: Pick<EditorOptions, "label" | "onChange" | "onRun">): Extension[] {
  const run = {
    key: "Mod-Enter",
    run: (view: EditorView) => {
      // The next Escape is for what runs, not for an open list.
      closeCompletion(view);
      onRun(view.state.doc.toString());
      return true;
    },
  };
  return [
    Prec.highest(keymap.of([run])),
    EditorView.cspNonce.of(styleNonce() ?? ""),
    EditorView.contentAttributes.of({ "aria-label": label }),
    EditorView.lineWrapping,
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
    lineNumbers(),
    history(),
    closeBrackets(),
    bracketMatching(),
    autocompletion(),
    placeholder("select …"),
    syntaxHighlighting(colors),
    look,
    keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
  ];
}

function sqlOf(schema: SqlSchema): ReturnType<typeof sql> {
  return sql({ dialect: PostgreSQL, schema: mutable(schema), upperCaseKeywords: false });
}

function mutable(schema: SqlSchema): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(schema).map(([table, columns]) => [table, [...columns]]),
  );
}

const colors = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--souk-accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--souk-warn)" },
  { tag: tags.number, color: "var(--souk-good)" },
  { tag: tags.comment, color: "var(--mantine-color-dimmed)", fontStyle: "italic" },
]);

const look = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "var(--mantine-color-text)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.6" },
  ".cm-gutters": {
    backgroundColor: "transparent",
    color: "var(--mantine-color-dimmed)",
    border: "none",
  },
  ".cm-content": { caretColor: "var(--souk-accent)", padding: "10px 0" },
  ".cm-placeholder": { color: "var(--mantine-color-dimmed)" },
  ".cm-tooltip": {
    backgroundColor: "var(--souk-card)",
    border: "1px solid var(--souk-line)",
    borderRadius: "8px",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--souk-accent-soft)",
    color: "var(--souk-accent)",
  },
});
