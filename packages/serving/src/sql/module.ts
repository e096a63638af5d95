/** File URL of the module that gives SQL its `predict`: hand it to the SQL runner as `functions.module`. */
export const sqlFunctionsModule: string = new URL("../sql-functions.ts", import.meta.url).href;
