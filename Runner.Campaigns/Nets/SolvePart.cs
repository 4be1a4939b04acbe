using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Campaigns.Nets;

/// <summary>
/// Three iterations, a snapshot and three more are six iterations, to the bit and on different numbers of threads,
/// with any solver
/// over any net.
/// </summary>
internal sealed class SolvePart : IDisposable
{
    private const int Half = 3;

    private readonly WorkerPool one = new(1), three = new(3);
    private readonly TemporaryFolder folder = new();

    /// <summary>Returns what differs; null where nothing does.</summary>
    public string? Check(NetCase net)
    {
        NetCase trained = WithLoss(net);
        SolverParameter solver = RandomSolvers.Draw(net.Random("solver"), 2 * Half);
        solver.SnapshotPrefix = folder["s"];
        using Solver straight = Make(trained, solver, one, null);
        if (!Run(trained, straight, 2 * Half))
        {
            return null;
        }

        using Solver first = Make(trained, solver, three, null);
        Run(trained, first, Half);
        string state = first.WriteSnapshot();
        try
        {
            using Solver resumed = Make(trained, solver, three, state);
            if (resumed.Iteration != Half)
            {
                return $"the resumed solver is at iteration {resumed.Iteration}";
            }

            Run(trained, resumed, Half);
            return Difference(straight.TrainNet, resumed.TrainNet) is { } difference
                ? $"straight and resumed, solver {TextFormat.Print(solver).ReplaceLineEndings(" ")}: {difference}"
                : null;
        }
        finally
        {
            foreach (string file in Directory.EnumerateFiles(folder.Path))
            {
                File.Delete(file);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        one.Dispose();
        three.Dispose();
        folder.Dispose();
    }

    // Everything that nobody reads becomes part of the loss.
    private NetCase WithLoss(NetCase net)
    {
        string[] outputs;
        using (Net built = net.Build(one))
        {
            outputs =
            [
                .. built.Outputs.Where(o => !o.StartsWith('(') && built.Layers.Any(
                    l => l.TopNames.Contains(o) && l.NeedsBackward
                        && l.LossWeights[l.TopNames.ToList().IndexOf(o)] == 0)),
            ];
        }

        NetParameter message = net.Message.Clone();
        foreach (string output in outputs)
        {
            message.Layer.Add(TextFormat.Parse<LayerParameter>(
                $"name: 'sum of {output}' type: 'Reduction' bottom: '{output}' top: 'sum of {output}' loss_weight: "
                    + $"0.01 "
                + "reduction_param { operation: SUMSQ coeff: 0.1 }",
                "loss"));
        }

        return net with { Message = message };
    }

    private static Solver Make(NetCase net, SolverParameter solver, WorkerPool pool, string? state)
    {
        NetDefinition definition = NetCase.Definition(net.Text);
        SolverParameter own = solver.Clone();
        own.NetParam = definition.Message;
        var made = new Solver(
            new SolverDefinition(own, definition.Sources, CampaignFiles.Resolver),
            new SolverOptions { Pool = pool, ResumeFrom = state });
        net.HandOver(made.TrainNet);
        return made;
    }

    private static bool Run(NetCase net, Solver solver, int iterations)
    {
        try
        {
            for (int i = 0; i < iterations; i++)
            {
                net.Fill(solver.TrainNet);
                solver.Step();
            }

            return true;
        }
        catch (TrainingException)
        {
            // The loss is no number, which ends a training.
            return false;
        }
    }

    private static string? Difference(Net expected, Net actual)
    {
        foreach (var (wanted, got) in expected.Layers.Zip(actual.Layers))
        {
            for (int i = 0; i < wanted.Parameters.Count; i++)
            {
                string name = $"parameter {i} of {wanted.Name} ({wanted.Type})";
                if (Comparison.Bits(name, wanted.Parameters[i].Data, got.Parameters[i].Data) is { } difference)
                {
                    return difference;
                }
            }
        }

        return null;
    }
}
