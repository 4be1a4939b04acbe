using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Engine.Checks;

/// <summary>
/// Tries each layer of a net on its own: whether its gradients are derivatives, and whether it keeps what this library
/// asks of layers (see <see cref="LayerCheck"/>). Made for tests of layers of one's own:
/// <code>
/// var registry = new LayerRegistry();
/// registry.AddFrom(typeof(MyLayer).Assembly);
/// NetDefinition net = NetDefinition.Parse("""
///     layer { name: "in" type: "Input" top: "in" input_param { shape { dim: 2 dim: 3 dim: 5 dim: 4 } } }
///     layer { name: "mine" type: "My" bottom: "in" top: "mine" }
///     """);
/// foreach (LayerCheckReport report in LayerChecker.Check(net, new NetOptions { Layers = registry }))
/// {
///     Assert.True(report.Holds, report.Failures());
/// }
/// </code>
/// </summary>
/// <remarks>
/// A layer gets the values that reach it in the net's first forward pass. Inputs hold noise from -1 to 1, or whole
/// numbers where a layer takes labels.
/// </remarks>
public static class LayerChecker
{
    /// <summary>Builds a net and checks its layers, in order; splits that the net inserts are left out.</summary>
    /// <param name="definition">The net.</param>
    /// <param name="options">How to build it; null for the training phase, data that is not here being made up.</param>
    /// <param name="checks">What to check; null for all layers.</param>
    /// <returns>A report for each layer.</returns>
    /// <exception cref="CnnException">The net is wrong, has no layer of a name, or the options are wrong.</exception>
    public static IReadOnlyList<LayerCheckReport> Check(
        NetDefinition definition, NetOptions? options = null, LayerCheckOptions? checks = null)
    {
        options ??= new NetOptions { Phase = Phase.Train, MadeUp = new MadeUpData() };
        checks ??= new LayerCheckOptions();
        if (checks.Threads is < 1 or > WorkerPool.MaxThreads)
        {
            throw new CnnException($"{checks.Threads} threads cannot be compared", $"1 to {WorkerPool.MaxThreads}");
        }

        if (checks.MostPoints < 1)
        {
            throw new CnnException($"a gradient check of {checks.MostPoints} values is none", "1 or more");
        }

        using WorkerPool? own = options.Pool is null ? new WorkerPool() : null;
        options = options with { Pool = options.Pool ?? own, Inference = false };
        Net built = Net.Build(definition, options);
        using var net = new CheckedNet(built, options.Seed, checks.Prepare is not null);
        checks.Prepare?.Invoke(built);
        var reports = new List<LayerCheckReport>();
        HashSet<NetLayer> chosen = Chosen(net, definition, checks);
        foreach (NetLayer layer in net.Layers)
        {
            if (chosen.Contains(layer))
            {
                checks.Progress?.Report(new CheckProgress(layer.Name, reports.Count, chosen.Count));
                reports.Add(new LayerCheckReport(layer.Name, layer.Type, Results(layer, options, checks)));
            }

            if (reports.Count == chosen.Count)
            {
                break;
            }

            net.Forward(layer);
        }

        return reports;
    }

    private static HashSet<NetLayer> Chosen(CheckedNet net, NetDefinition definition, LayerCheckOptions checks)
    {
        if (checks.Layers.Count == 0)
        {
            var written = definition.Layers.ToHashSet();
            return [.. net.Layers.Where(l => written.Contains(l.Name))];
        }

        foreach (string name in checks.Layers)
        {
            if (!net.Layers.Any(l => l.Name == name))
            {
                throw new CnnException(
                    $"net '{definition.Name}' has no layer '{name}'",
                    Suggestion.For(name, net.Layers.Select(l => l.Name)));
            }
        }

        return [.. net.Layers.Where(l => checks.Layers.Contains(l.Name))];
    }

    private static LayerCheckResult[] Results(NetLayer layer, NetOptions options, LayerCheckOptions checks)
    {
        if (layer.Layer.WritesFiles)
        {
            return None("it writes files");
        }

        var recipe = new LayerRecipe(layer, options);
        GradientScope scope;
        try
        {
            scope = GradientScope.Of(recipe);
        }
        catch (CnnException exception)
        {
            string what = recipe.BottomCount == 0 ? "it has no data here" : "it refuses the values that reach it";
            return None($"{what}: {exception.Diagnostics[0].Message}");
        }
        catch (Exception exception) when (LayerFault.IsOfTheLayer(exception))
        {
            LayerCheckResult[] results = None("its first pass fails");
            results[0] = LayerCheckResult.Fails(LayerCheck.Gradient, LayerFault.Describe(exception));
            return results;
        }

        return
        [
            Guarded(LayerCheck.Gradient, () => GradientCheckRun.Run(recipe, scope, checks)),
            Guarded(LayerCheck.Threads, () => ThreadCheck.Run(recipe, scope, checks)),
            Guarded(LayerCheck.Allocation, () => AllocationCheck.Run(recipe, scope)),
            Guarded(LayerCheck.InPlace, () => InPlaceCheck.Run(recipe, scope)),
            Guarded(LayerCheck.SmallShapes, () => SmallShapeCheck.Run(recipe, scope)),
            Guarded(LayerCheck.Reshaping, () => ReshapeCheck.Run(recipe, scope)),
        ];
    }

    private static LayerCheckResult[] None(string why) =>
        [.. Enum.GetValues<LayerCheck>().Select(check => LayerCheckResult.DoesNotApply(check, why))];

    // A layer that took its bottoms once has to take them again, so a refusal is a failure here too.
    private static LayerCheckResult Guarded(LayerCheck check, Func<LayerCheckResult> run)
    {
        try
        {
            return run();
        }
        catch (Exception exception) when (LayerFault.IsOfTheLayer(exception))
        {
            return LayerCheckResult.Fails(check, LayerFault.Describe(exception));
        }
    }
}
