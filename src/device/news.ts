// Tells other tabs and the service worker that something on this tablet has changed: the log, what passes are judged by,
// under which keys it is written, or who the tablet is. The tab that tells hears it too.

export type News = 'log' | 'trust' | 'day-keys' | 'identity' | 'pin';

const channelOf = (news: News): BroadcastChannel => new BroadcastChannel(`gatelight-${news}`);

export function tellNews(news: News): void {
  const channel = channelOf(news);
  channel.postMessage('changed');
  channel.close();
}

export function onNews(news: News, listener: () => void): () => void {
  const channel = channelOf(news);
  channel.onmessage = listener;
  return () => channel.close();
}
