using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Proto;

namespace Cnn.Engine.Solvers.Recording;

/// <summary>What is known of a run when it starts, and the definitions that it was built from.</summary>
internal static class RunDescription
{
    /// <summary>Describes the run of a solver.</summary>
    /// <param name="solver">The solver; its nets are built.</param>
    /// <param name="definition">The solver's definition.</param>
    /// <param name="sources">The source locations of the definition.</param>
    /// <param name="options">The options of the run; the pool is set.</param>
    public static RunInfo Of(Solver solver, SolverParameter definition, SourceMap sources, SolverOptions options) =>
        new()
        {
            Net = solver.TrainNet.Name,
            Command = options.RunCommand,
            Version = EngineVersion.Text,
            Seed = solver.Seed,
            Machine = Machine.Describe(options.Pool!.ThreadCount),
            MaxIterations = solver.MaxIterations,
            Started = options.Time?.GetUtcNow() ?? default,
            Settings =
            [
                .. SolverSettings.Of(definition, sources),
                .. BatchSize("batch_size", solver.TrainNet),
                .. solver.TestNets.Index().SelectMany(t => BatchSize($"test{Number(t.Index)}_batch_size", t.Item)),
            ],
            LessIsBetter = [.. LessIsBetter(solver, definition)],
        };

    /// <summary>
    /// Returns the definitions as text: the solver's, the training net's, and those of test nets that have one of
    /// their own.
    /// </summary>
    public static IEnumerable<(string Name, string Text)> Definitions(Solver solver, SolverParameter definition)
    {
        yield return ("solver.prototxt", TextFormat.Print(definition));
        string train = TextOf(solver.TrainNet);
        yield return (definition.HasNet ? "net.prototxt" : "train_net.prototxt", train);
        foreach (var (index, net) in solver.TestNets.Index())
        {
            string test = TextOf(net);
            if (test != train)
            {
                yield return ($"test{Number(index)}_net.prototxt", test);
            }
        }
    }

    /// <summary>Returns the number in the names of a test net's curves: nothing for the first.</summary>
    public static string Number(int testNet) => testNet == 0 ? "" : FormattableString.Invariant($"{testNet}");

    /// <summary>Returns the images of a batch: the first dimension of the first top of the first data layer.</summary>
    public static int Batch(Net net) =>
        net.Layers.FirstOrDefault(l => l.Bottoms.Count == 0 && l.Tops is [{ AxisCount: > 0 }, ..])?.Tops[0].Dim(0) ?? 0;

    private static IEnumerable<RunSetting> BatchSize(string name, Net net) =>
        Batch(net) is > 0 and int size ? [new RunSetting(name, FormattableString.Invariant($"{size}"))] : [];

    private static IEnumerable<string> LessIsBetter(Solver solver, SolverParameter definition)
    {
        yield return CurveNames.DataWait;
        foreach (var (index, net) in solver.TestNets.Index())
        {
            foreach (string output in net.Outputs)
            {
                bool isError = definition.EarlyStopping is { HigherIsBetter: false } early
                    && early.TestNet == index && early.Output == output;
                if (isError || NetOutputs.LossWeight(net, output) > 0)
                {
                    yield return $"test{Number(index)}/{output}";
                }
            }
        }

        foreach (string output in solver.TrainNet.Outputs.Where(o => NetOutputs.LossWeight(solver.TrainNet, o) > 0))
        {
            yield return $"train/{output}";
        }
    }

    // Weights that a definition holds are no text to look at.
    private static string TextOf(Net net)
    {
        NetParameter message = net.Definition.Message.Clone();
        foreach (LayerParameter layer in message.Layer)
        {
            layer.Blobs.Clear();
        }

        return TextFormat.Print(message);
    }
}
