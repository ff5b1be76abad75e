import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { EdgeRegistrar } from './edge-registrar';
import { readSettings, standbySettings } from './stack-settings';

/**
 * The CDK app: one instance of the stack as the context describes it, checked at synth.
 * @param deployRegion the Region of the AWS profile that deploys, if there is one
 * @throws WrongSettings
 */
export function edgeRegistrarApp(props?: AppProps, deployRegion?: string): App {
  const app = new App(props);
  const settings = readSettings(app.node.getAllContext(), deployRegion);
  const home = new EdgeRegistrar(app, settings);
  // The standby first: its key must exist when the home table creates its replica with it.
  if (settings.standbyRegion)
    home.addStackDependency(new EdgeRegistrar(app, standbySettings(settings), 'standby'));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return app;
}
