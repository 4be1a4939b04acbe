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

    // The page enlarges small pictures; making large ones takes time from the training.
    private const int FilterSide = 240;

    // Of a larger array a histogram shows an even sample.
    private const int MostValues = 1 << 16;

    private readonly Net net;
    private readonly SolverParameter definition;
    private readonly int passes;
    private readonly RecordingSchedule schedule;
    private readonly LayerTimer timer;
    private readonly (LearnableParameter Parameter, string Weights, string Gradients)[] parameters;
    private readonly (string Name, Blob Weights)? filters;
    private readonly float[] sample = new float[MostValues];
    private int stepsToTime;

    /// <summary>Chooses what to record.</summary>
    /// <param name="net">The training net.</param>
    /// <param name="definition">The solver's definition.</param>
    /// <param name="passes">The passes that the net runs in an iteration.</param>
    public NetRecorder(Net net, SolverParameter definition, int passes)
    {
        (this.net, this.definition, this.passes) = (net, definition, passes);
        int interval = definition.RunHistograms > 0 ? definition.RunHistograms : definition.MaxIter / TimesARun;
        schedule = new RecordingSchedule(interval, TimesARun);
        timer = new LayerTimer(net);
        parameters =
        [
            .. net.Learnable.Select(p => (p, Name("weights", p), Name("gradients", p))),
        ];
        NetLayer? first = net.Layers.FirstOrDefault(
            l => l.Parameters is [var weights, ..] && FilterSheet.Fits(weights));
        filters = first is null ? null : ($"filters/{first.Name}", first.Parameters[0]);

        static string Name(string group, LearnableParameter p) =>
            FormattableString.Invariant($"{group}/{p.Owner.Name}.{p.Index}");
    }

    /// <summary>Returns whether an iteration is one to record.</summary>
    public bool IsDue(int iteration) => schedule.IsDue(iteration) || iteration == definition.MaxIter - 1;

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
            writer.Histogram(weights, iteration, SampleOf(parameter.Blob.Data));
            if (parameter.HasGradient)
            {
                writer.Histogram(gradients, iteration, SampleOf(parameter.Blob.Diff));
            }
        }

        if (filters is { } first)
        {
            TileSheet sheet = FilterSheet.Tiles(first.Weights);
            int side = Math.Max(sheet.Columns * sheet.TileWidth, sheet.Rows * sheet.TileHeight);
            int scale = Math.Max(1, FilterSide / side);
            string caption = sheet.Count < sheet.Total ? $"{sheet.Count} of {sheet.Total} tiles" : "";
            writer.Image(
                first.Name, iteration, SampleImages.Encode(sheet.ToImage(scale, Math.Max(1, scale / 2)), caption));
        }
    }

    /// <summary>Tells that a step has ended.</summary>
    public void EndStep(RunWriter writer, int iteration)
    {
        bool isTimed = net.Timer is not null;
        net.Timer = null;
        if (isTimed && --stepsToTime == 0)
        {
            writer.LayerTimes(iteration, timer.Means(TimedSteps * passes));
        }

        // The step itself is not timed: what it wrote has emptied the processor's caches.
        if (stepsToTime == 0 && IsDue(iteration))
        {
            timer.Clear();
            stepsToTime = TimedSteps;
        }
    }

    private ReadOnlySpan<float> SampleOf(ReadOnlySpan<float> values)
    {
        if (values.Length <= MostValues)
        {
            return values;
        }

        // An odd step visits all columns of an array whose rows are a power of two long.
        int step = ((values.Length + MostValues - 1) / MostValues) | 1, count = 0;
        for (int i = 0; i < values.Length; i += step)
        {
            sample[count++] = values[i];
        }

        return sample.AsSpan(0, count);
    }
}
