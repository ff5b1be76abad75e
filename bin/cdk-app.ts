import { edgeRegistrarApp } from '../lib/stack/app';
import { WrongSettings } from '../lib/stack/stack-settings';

try {
  edgeRegistrarApp({}, process.env.CDK_DEFAULT_REGION).synth();
} catch (cause) {
  if (!(cause instanceof WrongSettings)) throw cause;
  console.error(cause.message);
  process.exitCode = 1;
}
