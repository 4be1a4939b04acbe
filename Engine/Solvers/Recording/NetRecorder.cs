using Cnn.Engine.Graph;
using Cnn.Engine.Inspection;
using Cnn.Engine.Runs;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Solvers.Recording;

/// <summary>
/// Records the inside of the training net every so many iterations: histograms of weights and gradients, the filters of
/// the first convolution, and the times of the layers in a few steps after that.
/// </summary>
internal sealed class NetRecorder
{
    private const int TimesARun = 20, TimedSteps = 3;

    private readonly Net net;
    private readonly SolverParameter definition;
    private readonly int interval;
    private readonly LayerTimer timer;
    private readonly (LearnableParameter Parameter, string Weights, string Gradients)[] parameters;
    private readonly (string Name, Blob Weights)? filters;
    private int stepsToTime;

    /// <summary>Chooses what to record.</summary>
    /// <param name="net">The training net.</param>
    /// <param name="definition">The solver's definition.</param>
    public NetRecorder(Net net, SolverParameter definition)
    {
        (this.net, this.definition) = (net, definition);
        interval = definition.RunHistograms > 0
            ? definition.RunHistograms
            : Math.Max(1, definition.MaxIter / TimesARun);
        timer = new LayerTimer(net);
        parameters =
        [
            .. net.Learnable.Select(p => (p, Name("weights", p), Name("gradients", p))),
        ];
        NetLayer? first = net.Layers.FirstOrDefault(l => l.Parameters is [var weights, ..] && FilterSheet.Fits(weights));
        filters = first is null ? null : ($"filters/{first.Name}", first.Parameters[0]);

        static string Name(string group, LearnableParameter p) =>
            FormattableString.Invariant($"{group}/{p.Owner.Name}.{p.Index}");
    }

    /// <summary>Returns whether an iteration is one to record.</summary>
    public bool IsDue(int iteration) => iteration % interval == 0 || iteration == definition.MaxIter - 1;

    /// <summary>Tells that a step begins.</summary>
    public void BeginStep() => net.Timer = stepsToTime > 0 ? timer : null;

    /// <summary>Records weights, gradients and filters if it is time to; the gradients are those of a batch.</summary>
    public void Write(RunWriter writer, int iteration)
    {
        if (!IsDue(iteration))
        {
            return;
        }

        foreach (var (parameter, weights, gradients) in parameters)
        {
            writer.Histogram(weights, iteration, parameter.Blob.Data);
            if (parameter.HasGradient)
            {
                writer.Histogram(gradients, iteration, parameter.Blob.Diff);
            }
        }

        if (filters is { } first)
        {
            writer.Image(first.Name, iteration, SampleImages.Encode(FilterSheet.Of(first.Weights)));
        }
    }

    /// <summary>Tells that a step has ended.</summary>
    public void EndStep(RunWriter writer, int iteration)
    {
        bool isTimed = net.Timer is not null;
        net.Timer = null;
        if (isTimed && --stepsToTime == 0)
        {
            writer.LayerTimes(iteration, timer.Means(TimedSteps * definition.IterSize));
        }

        // The step itself is not timed: what it wrote has emptied the processor's caches.
        if (stepsToTime == 0 && IsDue(iteration))
        {
            timer.Clear();
            stepsToTime = TimedSteps;
        }
    }
}
