const { transformSync } = require('esbuild');

/** jest's transform: TypeScript to CommonJS, one file at a time. */
module.exports = {
  process: (source, path) => {
    const { code, map } = transformSync(source, {
      loader: path.endsWith('.ts') ? 'ts' : 'js',
      format: 'cjs',
      target: 'node20',
      sourcemap: 'both',
      sourcefile: path,
    });
    return { code, map };
  },
};
