using Cnn.Engine.Checks;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;

namespace Cnn.Campaigns.Nets;

/// <summary>
/// Every layer of a net holds the checks that users have for theirs, and the net's gradient is the slope of its
/// outputs along a random direction.
/// </summary>
internal sealed class GradientsPart(Action<string> count) : IDisposable
{
    private const int MostPoints = 6;

    private readonly WorkerPool pool = new(1);

    /// <summary>Returns what does not hold; null where all does.</summary>
    public string? Check(NetCase net) => CheckLayers(net) ?? CheckDirection(net);

    /// <inheritdoc/>
    public void Dispose() => pool.Dispose();

    private string? CheckLayers(NetCase net)
    {
        var options = new NetOptions { Phase = net.Phase, Pool = pool, Seed = (long)(net.Seed % 1000) };
        var checks = new LayerCheckOptions { Threads = 2, MostPoints = MostPoints, Prepare = Prepare };
        string failures = string.Join(
            ' ',
            LayerChecker.Check(NetCase.Definition(net.Text), options, checks).Where(r => !r.Holds)
                .Select(r => $"{r.Type}: {r.Failures()}"));
        return failures.Length > 0 ? failures : null;

        void Prepare(Net built)
        {
            net.HandOver(built);
            net.Fill(built);
            InferencePart.SetStatistics(net, built);
        }
    }

    private string? CheckDirection(NetCase net)
    {
        using Net built = net.Build(pool, o => o with { ForceBackward = true });
        net.HandOver(built);
        InferencePart.SetStatistics(net, built);
        Direction? direction = Direction.Of(net, built, withInputs: true)
            ?? Direction.Of(net, built, withInputs: false);
        if (direction is null)
        {
            count("nets without a direction");
            return null;
        }

        var (holds, text) = direction.Check();
        count(holds is null ? "directions that tell nothing" : "directions");
        return holds == false ? text : null;
    }
}
