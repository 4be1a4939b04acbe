using Cnn.Campaigns.Running;
using Cnn.Layers.Threading;

namespace Cnn.Campaigns.References;

/// <summary>
/// Compares every layer with a second implementation of its formula in double precision: tops, changed parameters and
/// gradients, over drawn options, shapes and values. A part is a family of layers.
/// </summary>
internal sealed class ReferenceCampaign : ICampaign
{
    /// <inheritdoc/>
    public string Name => "reference";

    /// <inheritdoc/>
    public string Promise => "Every layer computes its formula, forward and backward.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Parts => [.. ReferenceTable.Families.Keys];

    /// <inheritdoc/>
    public void Run(PartRun run)
    {
        string[] types = ReferenceTable.Families[run.Part];
        using var one = new WorkerPool(1);
        using var two = new WorkerPool(2);
        run.Cases(c =>
        {
            string type = c.Random.Pick<string>(types);
            c.Count(type);
            WorkerPool pool = c.Random.Chance(0.5) ? one : two;
            using var comparison = new LayerComparison(type, ReferenceTable.ByType[type], c, pool);
            try
            {
                comparison.Run();
            }
            catch (ReferenceMismatchException mismatch)
            {
                c.Find($"{mismatch.Message}; {comparison.Description}");
            }
            catch (UndecidedException)
            {
                c.Count("undecided");
            }
        });
    }
}
