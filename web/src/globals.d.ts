// What the build puts in place of these names.
declare const FILES: import("./messages.js").Files;
declare const CACHED: string[];
declare const VERSION: string;
