import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { root } from "../root.ts";
import { runTool } from "../tool.ts";

const Report = z.object({
  diagnostics: z.array(
    z.object({
      category: z.string().nullish(),
      message: z.string().optional(),
      description: z.string().optional(),
      location: z.object({ path: z.string() }).optional(),
    }),
  ),
});

/** The product's own format and lint rules, of an app in a folder of its own. @returns what is wrong */
export async function lintApp(folder: string): Promise<readonly string[]> {
  await copyFile(join(root, "biome.json"), join(folder, "biome.json"));
  const { code, stdout, stderr } = await runTool("@biomejs/biome", ["check", "--reporter=json", "."], {
    cwd: folder,
  });
  if (code === 0) return [];
  const parsed = Report.safeParse(parseJson(stdout));
  if (!parsed.success || parsed.data.diagnostics.length === 0)
    return [`biome ended with ${code}: ${stderr}${stdout}`];
  return parsed.data.diagnostics.map(
    ({ category, message, description, location }) =>
      `lint: ${location?.path ?? ""}: ${category ?? ""} ${message ?? description ?? ""}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
