using System.Diagnostics.CodeAnalysis;

namespace Cnn.Engine.Runs;

/// <summary>
/// What is known of a run, in memory that does not grow with its length: what a page or a list of runs shows. Not safe
/// for several threads; a reader on another thread takes a copy from <see cref="RunWriter.Snapshot"/>.
/// </summary>
public sealed class RunRecord
{
    private const int Histograms = 40, Images = 12;

    private readonly List<RunCurve> curves = [];
    private readonly List<RunSeries<RunHistogram>> histograms = [];
    private readonly List<RunSeries<RunImage>> images = [];

    /// <summary>The name to show: that of the folder or of the log.</summary>
    public string Name { get; set; } = "";

    /// <summary>What was known at the start.</summary>
    public RunInfo Info { get; set; } = new();

    /// <summary>Where the run stands.</summary>
    public RunState State { get; set; }

    /// <summary>The number of iterations done.</summary>
    public long Iteration { get; set; }

    /// <summary>The time that the run has taken so far, without pauses between stopping and resuming.</summary>
    public TimeSpan Duration { get; set; }

    /// <summary>Why the run failed; empty if it did not.</summary>
    public string Failure { get; set; } = "";

    /// <summary>The path of the last snapshot's solver state; empty when there is none.</summary>
    public string LastSnapshot { get; set; } = "";

    /// <summary>The curves, in the order of their first values.</summary>
    public IReadOnlyList<RunCurve> Curves => curves;

    /// <summary>The histograms by name, such as <c>weights/conv1.0</c>, thinned in the number of iterations.</summary>
    public IReadOnlyList<RunSeries<RunHistogram>> HistogramSeries => histograms;

    /// <summary>The images by name, such as <c>filters/conv1</c>, thinned in the number of iterations.</summary>
    public IReadOnlyList<RunSeries<RunImage>> ImageSeries => images;

    /// <summary>The times of the layers in the order they run; empty when unknown.</summary>
    public IReadOnlyList<LayerTime> LayerTimes { get; set; } = [];

    /// <summary>How the last test classified its images; null when unknown.</summary>
    public ClassReport? Classes { get; set; }

    /// <summary>The drawing of the training net, an SVG document; empty when there is none.</summary>
    public string NetSvg { get; set; } = "";

    /// <summary>The definitions as read: file name in the run's folder, text.</summary>
    public IReadOnlyDictionary<string, string> Definitions { get; set; } = new Dictionary<string, string>();

    /// <summary>Finds a curve by its name.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out RunCurve? curve)
    {
        // A lambda would allocate at every figure.
        foreach (RunCurve candidate in curves)
        {
            if (candidate.Name == name)
            {
                curve = candidate;
                return true;
            }
        }

        curve = null;
        return false;
    }

    /// <summary>Adds a value of a curve.</summary>
    public void Add(string curve, long iteration, double value) => CurveOf(curve).Add(iteration, value);

    /// <summary>Adds a histogram.</summary>
    public void Add(string name, long iteration, RunHistogram histogram) =>
        SeriesOf(histograms, name, Histograms).Add(iteration, histogram);

    /// <summary>Adds an image.</summary>
    public void Add(string name, long iteration, RunImage image) =>
        SeriesOf(images, name, Images).Add(iteration, image);

    /// <summary>
    /// Removes the figures, histograms and images from an iteration on, as far as thinning kept them apart.
    /// </summary>
    public void RemoveFrom(long iteration)
    {
        curves.ForEach(c => c.RemoveFrom(iteration));
        RemovePicturesFrom(iteration);
    }

    /// <summary>Returns a record of its own with the same contents.</summary>
    public RunRecord Copy()
    {
        var copy = new RunRecord
        {
            Name = Name,
            Info = Info,
            State = State,
            Iteration = Iteration,
            Duration = Duration,
            Failure = Failure,
            LastSnapshot = LastSnapshot,
            LayerTimes = LayerTimes,
            Classes = Classes,
            NetSvg = NetSvg,
            Definitions = Definitions,
        };
        copy.curves.AddRange(curves.Select(c => c.Copy()));
        copy.histograms.AddRange(histograms.Select(h => h.Copy()));
        copy.images.AddRange(images.Select(i => i.Copy()));
        return copy;
    }

    /// <summary>Returns the curve of a name; adds it where there is none yet.</summary>
    internal RunCurve CurveOf(string name)
    {
        if (!TryFind(name, out RunCurve? curve))
        {
            curves.Add(curve = new RunCurve(name));
        }

        return curve;
    }

    /// <summary>Removes the histograms and images from an iteration on.</summary>
    internal void RemovePicturesFrom(long iteration)
    {
        histograms.ForEach(h => h.RemoveFrom(iteration));
        images.ForEach(i => i.RemoveFrom(iteration));
    }

    private static RunSeries<T> SeriesOf<T>(List<RunSeries<T>> all, string name, int capacity)
    {
        RunSeries<T>? found = all.Find(s => s.Name == name);
        if (found is null)
        {
            all.Add(found = new RunSeries<T>(name, capacity));
        }

        return found;
    }
}
