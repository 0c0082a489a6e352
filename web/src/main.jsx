import './workers.js';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './page.css';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { fetcher } from './fetcher.js';
import { SessionHeaders } from './session.jsx';

const plugins = [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];

// EXAMPLES is filled in by the build. They open on the first visit; later ones find their tabs again.
createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={plugins}
    defaultTabs={EXAMPLES}
    defaultEditorToolsVisibility
    inputValueDeprecation
    schemaDescription
    shouldPersistHeaders={false} // a bearer token has no business in localStorage
  >
    <GraphiQL.Logo>
      Tradewind
      <SessionHeaders />
    </GraphiQL.Logo>
  </GraphiQL>,
);
