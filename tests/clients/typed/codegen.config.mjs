// GraphQL Code Generator's client preset: a typed document for every operation, and the manifest of all of them.
export default {
  schema: '../../schema.graphql',
  documents: ['typed/typed.test.ts'],
  generates: {
    'generated/typed/': {
      preset: 'client',
      presetConfig: {
        // The client asks by hash; the server has the documents from the manifest.
        persistedDocuments: { mode: 'embedHashInDocument', hashAlgorithm: 'sha256' },
        fragmentMasking: false,
      },
      config: {
        enumsAsTypes: true,
        scalars: { DateTime: 'string', Decimal: 'string', JSON: 'unknown', CurrencyCode: 'string' },
        useTypeImports: true,
        // With their file's ending, as Node.js wants it.
        emitLegacyCommonJSImports: false,
      },
    },
  },
};
