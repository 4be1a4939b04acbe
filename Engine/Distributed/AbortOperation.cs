namespace Cnn.Engine.Distributed;

/// <summary>Ends all processes of the job.</summary>
/// <param name="exitCode">The exit code.</param>
internal sealed class AbortOperation(int exitCode) : GroupOperation
{
    /// <inheritdoc/>
    protected override void Begin(ITransport transport) => transport.Abort(exitCode);

    /// <inheritdoc/>
    protected override bool GoOn(ITransport transport) =>
        throw new OperationCanceledException("the job has been ended");
}
