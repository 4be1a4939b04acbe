namespace Cnn.Bench.Scaling;

/// <summary>A training step of several nodes, in seconds.</summary>
/// <param name="Step">The whole step.</param>
/// <param name="Wait">What of it is spent waiting for the other nodes' gradients.</param>
/// <param name="Exchange">The exchange of the gradients if nothing else were done meanwhile.</param>
internal readonly record struct PredictedStep(double Step, double Wait, double Exchange)
{
    /// <summary>The share of the exchange that goes on while the nodes compute, from 0 to 1.</summary>
    public double Hidden => Exchange > 0 ? 1 - (Wait / Exchange) : 1;
}
