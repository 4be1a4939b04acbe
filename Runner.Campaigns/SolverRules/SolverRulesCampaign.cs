using Cnn.Campaigns.References;
using Cnn.Campaigns.Running;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;

namespace Cnn.Campaigns.SolverRules;

/// <summary>
/// Compares every solver type, step by step, with its rule in double precision: clipping, iter_size, weight decay,
/// momentum, and all policies of the learning rate. A part is a solver type.
/// </summary>
internal sealed class SolverRulesCampaign : ICampaign
{
    /// <inheritdoc/>
    public string Name => "solver-rules";

    /// <inheritdoc/>
    public string Promise => "Every solver updates the weights by its rule, step after step.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Parts { get; } = [.. new SolverRegistry().Types.Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public void Run(PartRun run)
    {
        using var one = new WorkerPool(1);
        using var two = new WorkerPool(2);
        run.Cases(c =>
        {
            var comparison = new SolverComparison(run.Part, c, c.Random.Next(2) == 0 ? one : two);
            try
            {
                comparison.Run();
            }
            catch (ReferenceMismatchException mismatch)
            {
                c.Find($"{mismatch.Message}; {comparison.Description}");
            }
        });
    }
}
