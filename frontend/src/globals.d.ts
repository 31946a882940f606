/** Set by build.mjs: addresses of files that carry their digest in their name. */
declare const BORDERS: string;
declare const NAMES: string;
declare const MAP_WORKER: string;
declare module "*.css";
