import { useGraphiQL } from '@graphiql/react';
import { useEffect, useRef, useState } from 'react';

const CHANGED = 'tradewind:session';

/** Tells the page when an answer begins or ends a session: `sessionCreate` and its like hold an access token. */
export function noteSession({ data }) {
  for (const [field, payload] of Object.entries(data ?? {})) {
    const token = payload?.accessToken;
    if (typeof token === 'string') announce(token);
    else if (field === 'sessionEnd' && payload?.session) announce(null);
  }
}

function announce(token) {
  globalThis.dispatchEvent(new CustomEvent(CHANGED, { detail: token }));
}

/** Writes the session's access token into the Headers tab: of every operation once, so that it can be taken out there. */
export function SessionHeaders() {
  const editor = useGraphiQL((state) => state.headerEditor);
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.id);
  const [token, setToken] = useState();
  const written = useRef(new Map());

  useEffect(() => {
    const change = ({ detail }) => setToken(detail);
    globalThis.addEventListener(CHANGED, change);
    return () => globalThis.removeEventListener(CHANGED, change);
  }, []);

  useEffect(() => {
    if (token === undefined || !editor || written.current.get(tab) === token) return;
    written.current.set(tab, token);
    const headers = withToken(editor.getValue(), token);
    if (headers !== null) editor.setValue(headers);
  }, [editor, tab, token]);

  return null;
}

/** The headers with this token, or without any; null where what stands there is no JSON that could be kept. */
function withToken(text, token) {
  try {
    const { Authorization: _, ...others } = JSON.parse(text || '{}');
    const headers = token ? { ...others, Authorization: `Bearer ${token}` } : others;
    return Object.keys(headers).length > 0 ? JSON.stringify(headers, null, 2) : '';
  } catch {
    return null;
  }
}
