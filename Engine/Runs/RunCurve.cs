namespace Cnn.Engine.Runs;

/// <summary>
/// A curve of a run in bounded memory: a long one is thinned, and keeps the least and the greatest value of each
/// stretch, so no peak is lost.
/// </summary>
/// <param name="name">Its name, such as <c>train/loss</c>.</param>
public sealed class RunCurve(string name)
{
    /// <summary>The number of stretches that a curve has at most.</summary>
    public const int Capacity = 1000;

    private readonly List<Stretch> stretches = [];
    private long width = 1;

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// The number of values added, thinned ones included; less after a removal that cut a thinned stretch in two.
    /// </summary>
    public long Count { get; private set; }

    /// <summary>The last value added; null when there is none.</summary>
    public RunPoint? Last => stretches.Count > 0 ? stretches[^1].Last : null;

    /// <summary>The least finite value with its first iteration; null when there is none.</summary>
    public RunPoint? Least { get; private set; }

    /// <summary>The greatest finite value with its first iteration; null when there is none.</summary>
    public RunPoint? Greatest { get; private set; }

    /// <summary>
    /// The points to draw, by rising iteration: of each stretch the first, the least, the greatest and the last value.
    /// </summary>
    public IEnumerable<RunPoint> Points => stretches.SelectMany(s => s.Points).DistinctBy(p => p.Iteration);

    /// <summary>
    /// Adds a value. One at an iteration that is not above the last one's replaces what was there from it on: a
    /// resumed run repeats what came after its snapshot.
    /// </summary>
    public void Add(long iteration, double value)
    {
        if (stretches.Count > 0 && stretches[^1].Last.Iteration >= iteration)
        {
            RemoveFrom(iteration);
        }

        Count++;
        var point = new RunPoint(iteration, value);
        if (stretches.Count > 0 && stretches[^1].Count < width)
        {
            stretches[^1] = stretches[^1].With(point);
        }
        else
        {
            stretches.Add(new Stretch(1, point, point, point, point));
            Thin();
        }

        Note(point);
    }

    /// <summary>Removes the values from an iteration on, as far as thinning kept them apart.</summary>
    public void RemoveFrom(long iteration)
    {
        int keep = stretches.Count;
        while (keep > 0 && stretches[keep - 1].Last.Iteration >= iteration)
        {
            Count -= stretches[--keep].Count;
        }

        // A stretch that lies on both sides keeps those of its points that come before.
        RunPoint[] before = keep < stretches.Count
            ? [.. stretches[keep].Points.Where(p => p.Iteration < iteration).DistinctBy(p => p.Iteration)]
            : [];
        stretches.RemoveRange(keep, stretches.Count - keep);
        if (before.Length > 0)
        {
            var stretch = new Stretch(1, before[0], before[0], before[0], before[0]);
            stretches.Add(before.Skip(1).Aggregate(stretch, (all, point) => all.With(point)));
            Count += stretches[^1].Count;
        }

        (Least, Greatest) = (null, null);
        foreach (RunPoint point in stretches.SelectMany(s => s.Points))
        {
            Note(point);
        }
    }

    /// <summary>Returns a curve of its own with the same values.</summary>
    public RunCurve Copy()
    {
        var copy = new RunCurve(Name) { Count = Count, Least = Least, Greatest = Greatest };
        copy.width = width;
        copy.stretches.AddRange(stretches);
        return copy;
    }

    private void Note(RunPoint point)
    {
        if (double.IsFinite(point.Value))
        {
            Least = Least is { } least && least.Value <= point.Value ? least : point;
            Greatest = Greatest is { } greatest && greatest.Value >= point.Value ? greatest : point;
        }
    }

    // Merges neighbours when there are too many stretches.
    private void Thin()
    {
        if (stretches.Count <= Capacity)
        {
            return;
        }

        int kept = 0;
        for (int i = 0; i < stretches.Count; i += 2)
        {
            stretches[kept++] = i + 1 < stretches.Count ? stretches[i].With(stretches[i + 1]) : stretches[i];
        }

        stretches.RemoveRange(kept, stretches.Count - kept);
        width *= 2;
    }

    private readonly record struct Stretch(
        long Count, RunPoint First, RunPoint Least, RunPoint Greatest, RunPoint Last)
    {
        public IEnumerable<RunPoint> Points => Least.Iteration <= Greatest.Iteration
            ? [First, Least, Greatest, Last]
            : [First, Greatest, Least, Last];

        public Stretch With(RunPoint point) => With(new Stretch(1, point, point, point, point));

        public Stretch With(Stretch next) => new(
            Count + next.Count,
            First,
            next.Least.Value < Least.Value || double.IsNaN(Least.Value) ? next.Least : Least,
            next.Greatest.Value > Greatest.Value || double.IsNaN(Greatest.Value) ? next.Greatest : Greatest,
            next.Last);
    }
}
