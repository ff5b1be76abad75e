import { startEmbeddedDynamoDB } from '../../local/dynamodb';
import { serveParent } from './parent';

// The embedded DynamoDB in a process of its own, so that its memory and its work are not counted as the gateway's.

startEmbeddedDynamoDB(0, undefined).then(({ endpoint }) => serveParent(Number(new URL(endpoint).port)));
