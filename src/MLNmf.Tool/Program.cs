using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MLNmf.Tool;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

// Signs such as β, where the console can show them.
Console.OutputEncoding = Encoding.UTF8;

// The first Ctrl+C asks the work to stop, which leaves a checkpoint where one was asked for; the second ends the
// program as any other.
using var cancellation = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await Cli.RunAsync(args, ToolConsole.OfProcess(), cancellation.Token);

void Stop(PosixSignalContext context)
{
    if (cancellation.IsCancellationRequested)
        return;
    context.Cancel = true;
    cancellation.Cancel();
}
