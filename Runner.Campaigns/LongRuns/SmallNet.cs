using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Campaigns.LongRuns;

/// <summary>A net that trains hundreds of iterations in a second, with the solver that trains it.</summary>
/// <param name="Name">A name for messages.</param>
/// <param name="Layers">The layers, as prototxt.</param>
/// <param name="Rule">The fields of the solver that choose the update rule, as prototxt.</param>
internal sealed record SmallNet(string Name, string Layers, string Rule)
{
    /// <summary>
    /// Builds a solver. The learning rate is fixed and the fillers are uniform: other policies and distributions use
    /// the logarithm and power of the C runtime, whose last bit is the system's.
    /// </summary>
    /// <param name="pool">The threads; the solver does not dispose of them.</param>
    /// <param name="iterations">The number of iterations of the run.</param>
    public Solver Prepare(WorkerPool pool, int iterations)
    {
        var sources = new SourceMap();
        SolverParameter definition = TextFormat.Parse<SolverParameter>(
            Text(iterations, "snapshot_after_train: false"), $"{Name}.prototxt", sources);
        return new Solver(new SolverDefinition(definition, sources), new SolverOptions { Pool = pool });
    }

    /// <summary>Returns the solver as prototxt, its net included.</summary>
    public string Text(int iterations, string more) =>
        $"net_param {{ name: '{Name}' {Layers} }} {Rule} lr_policy: 'fixed' max_iter: {iterations} "
        + $"random_seed: 23 {more}";
}
