using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Checks;

/// <summary>
/// Compares a layer's gradients with finite differences of its outputs: the objective is the sum of the tops' values,
/// each times a random weight, and each input is moved one step in either direction. Also checks the contract of
/// <see cref="Layer.Backward"/>: the bottoms' diffs are overwritten whatever they held (they start as NaN), and the
/// parameters' diffs are accumulated (they start at a number that must still be included).
/// </summary>
public sealed class GradientCheck
{
    private const float AlreadyThere = 0.5f;

    // Rounding errors of the tops are taken for this many units in their last place.
    private const double RoundingUnits = 16 * 5.96e-8;

    // The distance of two neighbouring singles, relative to them at most.
    private const double UnitInLastPlace = 1.0 / (1 << 23);

    // Where rounding makes up a larger share of the slope, an agreement says nothing.
    private const double MostRounding = 0.25;

    // A step is divided by this much where a larger one meets a kink or a bend.
    private const float StepRatio = 4;

    private const int MostSteps = 5;

    // And multiplied by it, so many times, where rounding hides the slope.
    private const int MostLargerSteps = 3;

    // The smallest scale of a blob's values that steps follow.
    private const double LeastScale = 0.05;

    /// <summary>The step by which inputs are moved.</summary>
    public float Step { get; init; } = 1e-2f;

    /// <summary>
    /// The largest error, relative to the gradient where that is above 1; with <see cref="FitsSteps"/>, relative to the
    /// gradient or the mean gradient of the blob.
    /// </summary>
    public double Tolerance { get; init; } = 2e-3;

    /// <summary>The bottoms to check; null for all, none for the parameters alone.</summary>
    public IReadOnlyList<int>? Bottoms { get; init; }

    /// <summary>Whether to check the parameters.</summary>
    public bool ChecksParameters { get; init; } = true;

    /// <summary>The number of tops that count in the objective; the others' diffs are 0. The default is all.</summary>
    public int Tops { get; init; } = int.MaxValue;

    /// <summary>Inputs within two steps of this value are not checked: the function has a kink there.</summary>
    public float? Kink { get; init; }

    /// <summary>
    /// Whether the layer adds to the parameters' diffs, as all do but those that follow a fork of Caffe that does not.
    /// </summary>
    public bool AddsToParameters { get; init; } = true;

    /// <summary>What a mismatch calls a bottom; <c>bottom 0</c> if nothing else is set.</summary>
    internal Func<int, string> NameOfBottom { get; init; } = index => $"bottom {index}";

    /// <summary>What a mismatch calls a parameter; <c>blob 0</c> if nothing else is set.</summary>
    internal Func<int, string> NameOfParameter { get; init; } = index => $"blob {index}";

    /// <summary>Runs before every forward pass, to restore state that the layer carries between passes.</summary>
    public Action? BeforeForward { get; init; }

    /// <summary>The number of values of each blob to compare; of a larger one, an even sample.</summary>
    public int MostPoints { get; init; } = int.MaxValue;

    /// <summary>
    /// Whether steps follow the scale of a blob's values and shrink until two of them agree; a value at which none do,
    /// or at which the slopes on the two sides differ (a kink), is skipped, and so is one at which nothing changes, if
    /// the layer is a loss (it is saturated) or the gradient is too small for the last digit of a top. Otherwise all
    /// take <see cref="Step"/>.
    /// </summary>
    public bool FitsSteps { get; init; }

    /// <summary>Runs a layer forward and backward, then forward twice for each value.</summary>
    /// <param name="layer">
    /// The layer, set up and filled; its bottoms and parameters end with the values they had.
    /// </param>
    /// <param name="bottoms">Its bottoms.</param>
    /// <param name="tops">Its tops, none of which is a bottom.</param>
    /// <exception cref="CnnException">The layer refuses its bottoms, or has no gradient for one of them.</exception>
    public GradientResult Run(Layer layer, IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        var run = new GradientRun(this, layer, bottoms, tops);
        run.Forward();
        IReadOnlyList<int> chosen = Bottoms ?? [.. Enumerable.Range(0, bottoms.Count)];
        var propagateDown = new bool[bottoms.Count];
        foreach (int bottom in chosen)
        {
            propagateDown[bottom] = true;
            bottoms[bottom].Diff.Fill(float.NaN);
        }

        foreach (Blob blob in layer.Blobs)
        {
            blob.Diff.Fill(AlreadyThere);
        }

        run.SetTopDiffs();
        layer.Backward(tops, propagateDown, bottoms);
        foreach (int bottom in chosen)
        {
            run.Compare(bottoms[bottom], 0, NameOfBottom(bottom));
        }

        for (int i = 0; i < layer.Blobs.Count; i++)
        {
            if (ChecksParameters && layer.NeedsGradient(i))
            {
                run.Compare(layer.Blobs[i], AddsToParameters ? AlreadyThere : 0, NameOfParameter(i));
            }
        }

        return run.Result;
    }

    /// <summary>Returns the weights of a top's values in the objective, a function of the top's index.</summary>
    internal static float[] Weights(Blob top, int index)
    {
        var weights = new float[top.Count];
        var random = new PhiloxRandom((ulong)(1000 + index));
        foreach (ref float weight in weights.AsSpan())
        {
            weight = -1.5f + (3 * random.NextSingle());
        }

        return weights;
    }

    private sealed class GradientRun
    {
        private readonly GradientCheck check;
        private readonly Layer layer;
        private readonly IReadOnlyList<Blob> bottoms;
        private readonly IReadOnlyList<Blob> tops;
        private float[][]? weights;
        private float[][]? start;
        private float[][]? above;

        // The largest term of the objective.
        private double largest;
        private GradientMismatch? first;
        private int compared;
        private int skipped;
        private int differing;
        private long total;

        public GradientRun(
            GradientCheck check, Layer layer, IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
            (this.check, this.layer, this.bottoms, this.tops) = (check, layer, bottoms, tops);

        public GradientResult Result => new(compared, skipped, total, differing, first);

        public void Forward()
        {
            check.BeforeForward?.Invoke();
            layer.Reshape(bottoms, tops);
            layer.Forward(bottoms, tops);
        }

        public void SetTopDiffs()
        {
            weights = [.. tops.Select((top, i) => i < check.Tops ? Weights(top, i) : new float[top.Count])];
            start = [.. tops.Select(top => top.Data.ToArray())];
            above = [.. tops.Select(top => new float[top.Count])];
            largest = weights.Zip(start)
                .SelectMany(pair => pair.First.Zip(pair.Second, (weight, value) => Math.Abs((double)weight * value)))
                .DefaultIfEmpty().Max();
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i].CopyTo(tops[i].Diff);
            }
        }

        public void Compare(Blob blob, float offset, string what)
        {
            float[] computed = blob.Diff.ToArray();
            total += computed.Length;
            int wrong = Array.FindIndex(computed, g => !float.IsFinite(g));
            double mean = computed.Where(float.IsFinite).Select(g => Math.Abs((double)g - offset))
                .DefaultIfEmpty().Average();
            double scale = Math.Sqrt(blob.Data.ToArray().Sum(v => (double)v * v) / Math.Max(1, blob.Count));
            float step = check.FitsSteps ? (float)(check.Step * Math.Max(LeastScale, scale)) : check.Step;
            int points = Math.Min(check.MostPoints, blob.Count);
            var random = new PhiloxRandom((ulong)blob.Count);
            for (int point = 0; point < points; point++)
            {
                // One value of each of as many equal stretches, so all of them where there are no more. A gradient that
                // is no number is always looked at.
                int from = (int)((long)point * blob.Count / points), to = (int)((point + 1L) * blob.Count / points);
                int index = from <= wrong && wrong < to ? wrong : from + random.Next(to - from);
                float value = blob.Data[index];
                if (check.Kink is { } kink && Math.Abs(value - kink) < 2 * step)
                {
                    continue;
                }

                double actual = (double)computed[index] - offset;
                var (verdict, expected, allowed) = check.FitsSteps
                    ? Fitted(blob, index, step, actual, mean)
                    : Plain(blob, index, step, actual);
                blob.Data[index] = value;
                skipped += verdict is null ? 1 : 0;
                compared += verdict is null ? 0 : 1;
                if (verdict == false)
                {
                    differing++;
                    first ??= new GradientMismatch(
                        what, blob.Shape.ToArray(), index, value, actual, expected, allowed);
                }
            }

            Forward();
        }

        private (bool? Holds, double Expected, double Allowed) Plain(Blob blob, int index, float step, double actual)
        {
            Slopes slopes = SlopesAt(blob, index, step);
            double allowed =
                check.Tolerance * Math.Max(1, Math.Max(Math.Abs(slopes.Central), Math.Abs(actual)));
            return (Math.Abs(slopes.Central - actual) <= allowed, slopes.Central, allowed);
        }

        private (bool? Holds, double Expected, double Allowed) Fitted(
            Blob blob, int index, float step, double actual, double mean)
        {
            Slopes before = default, now = SlopesAt(blob, index, step);
            double allowedBefore = 0;
            for (int i = 0; i < MostLargerSteps && now.Rounding > check.Tolerance * Size(now); i++)
            {
                step *= StepRatio;
                now = SlopesAt(blob, index, step);
            }

            bool isUnseen = layer.IsLoss || Math.Abs(actual) <= now.Smallest;
            if (isUnseen && now is { Central: 0, Gap: 0 } && actual != 0)
            {
                return (null, 0, 0);
            }

            for (int i = 0; i < MostSteps; i++)
            {
                double size = Size(now), allowed = (check.Tolerance * size) + now.Rounding;
                if (Math.Abs(now.Central - actual) <= allowed)
                {
                    // What rounding hides is no agreement.
                    return (now.Rounding > MostRounding * size ? null : true, now.Central, allowed);
                }

                bool isSettled = i > 0
                    && Math.Abs(now.Central - before.Central) <= Math.Min(allowed, allowedBefore)
                    && now.Gap <= Math.Max(allowed, 0.6 * before.Gap);
                if (isSettled)
                {
                    return (false, now.Central, allowed);
                }

                // The layer itself may compute no number; differences of numbers that are none never settle.
                if (!double.IsFinite(actual) && double.IsFinite(now.Central))
                {
                    return (false, now.Central, allowed);
                }

                (before, allowedBefore) = (now, allowed);
                step /= StepRatio;
                now = SlopesAt(blob, index, step);
            }

            return (null, before.Central, allowedBefore);

            double Size(Slopes slopes) => Math.Max(mean, Math.Max(Math.Abs(slopes.Central), Math.Abs(actual)));
        }

        private Slopes SlopesAt(Blob blob, int index, float step)
        {
            float value = blob.Data[index], up = value + step, down = value - step;
            blob.Data[index] = up;
            Forward();
            for (int top = 0; top < tops.Count; top++)
            {
                tops[top].Data.CopyTo(above![top]);
            }

            blob.Data[index] = down;
            Forward();
            double rise = 0, fall = 0, rounding = 0;
            for (int top = 0; top < tops.Count; top++)
            {
                Add(top, tops[top].Data, ref rise, ref fall, ref rounding);
            }

            blob.Data[index] = value;
            double width = (double)up - down;
            return new Slopes(
                (rise + fall) / width,
                Math.Abs((rise / ((double)up - value)) - (fall / ((double)value - down))),
                RoundingUnits * Math.Sqrt(rounding) / width,
                2 * UnitInLastPlace * largest / width);
        }

        // Values that stay as they are add nothing, so their rounding errors do not either.
        private void Add(int top, ReadOnlySpan<float> below, ref double rise, ref double fall, ref double rounding)
        {
            for (int i = 0; i < below.Length; i++)
            {
                double weight = weights![top][i], middle = start![top][i];
                if (weight == 0)
                {
                    continue;
                }

                double high = above![top][i], low = below[i];
                rise += weight * (high - middle);
                fall += weight * (middle - low);
                double error = high == low ? 0 : weight * (Math.Abs(high) + Math.Abs(low));
                rounding += error * error;
            }
        }

        // The slope over both sides, how far the slopes of the two sides are apart, what rounding may add, and the
        // smallest slope that changes a top by more than its last digit.
        private readonly record struct Slopes(double Central, double Gap, double Rounding, double Smallest);
    }
}
