using System.Runtime.InteropServices;

namespace Cnn.Runner.Commands.Support;

/// <summary>Cancels a token at the first interrupt; the second ends the process as usual.</summary>
internal sealed class CancelOnInterrupt : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly PosixSignalRegistration registration;

    /// <summary>Starts to listen for the interrupt.</summary>
    public CancelOnInterrupt(CancellationToken outer)
    {
        source = CancellationTokenSource.CreateLinkedTokenSource(outer);
        registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = !source.IsCancellationRequested;
            source.Cancel();
        });
    }

    /// <summary>The token that the interrupt cancels.</summary>
    public CancellationToken Token => source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        registration.Dispose();
        source.Dispose();
    }
}
