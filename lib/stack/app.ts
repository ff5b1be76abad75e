import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { EdgeRegistrar } from './edge-registrar';
import { readSettings } from './settings';

/**
 * The CDK app: one instance of the stack as the context describes it, checked at synth.
 * @throws WrongSettings
 */
export function edgeRegistrarApp(props?: AppProps): App {
  const app = new App(props);
  new EdgeRegistrar(
    app,
    readSettings((name) => app.node.tryGetContext(name)),
  );
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
