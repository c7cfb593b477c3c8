// esbuild bundles them beside the script that imports them.
declare module "*.css";
