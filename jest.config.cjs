/** @type {import('jest').Config} */
module.exports = {
  rootDir: 'test',
  testMatch: ['**/*.test.ts'],
  transform: { '\\.[cm]?[jt]s$': '<rootDir>/esbuild-transform.cjs' },
  transformIgnorePatterns: ['/node_modules/'],
  coverageProvider: 'v8',
  // One for each core: by default jest keeps one of them free, and of two that is half.
  maxWorkers: '100%',
  testTimeout: 20_000,
  setupFiles: ['<rootDir>/setup.cjs'],
  setupFilesAfterEnv: ['<rootDir>/setup-each.ts'],
};
