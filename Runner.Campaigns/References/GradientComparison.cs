using Cnn.Campaigns.Running;
using Cnn.Fillers;

namespace Cnn.Campaigns.References;

/// <summary>
/// Compares the gradients that the product computed with central differences of the reference, whose objective is the sum of the tops'
/// values, each times its diff: along every coordinate where that is affordable, else along random directions of all coordinates and
/// along some coordinates. Where steps of different sizes give different slopes, the objective has a kink, and the coordinate is skipped.
/// </summary>
internal sealed class GradientComparison
{
    /// <summary>
    /// The largest error of a gradient, relative to 1, the gradient, or the root of the mean square of the blob's gradient, whichever is
    /// largest; along a direction, to 1, the slope, or the length of the blob's gradient.
    /// </summary>
    public const double Tolerance = 1e-4;

    private const int MostCoordinates = 200;
    private const long MostWork = 20_000_000;
    private const int Directions = 6;
    private const int SomeCoordinates = 12;
    private const double Missing = 1e30;
    private static readonly double[] Steps = [1e-5, 1e-6, 1e-7];

    private readonly IReferenceLayer reference;
    private readonly ReferenceCall start;
    private readonly IReadOnlyList<ReferenceBlob> diffs;
    private readonly CampaignCase campaignCase;
    private readonly long work;
    private readonly ReferenceCall? own;

    /// <param name="reference">The reference.</param>
    /// <param name="start">Its call, as before the forward pass.</param>
    /// <param name="diffs">The tops' diffs.</param>
    /// <param name="work">The multiplications of its forward pass; see <see cref="ReferenceCase.Work"/>.</param>
    /// <param name="campaignCase">Counts what was compared, and draws the directions.</param>
    public GradientComparison(
        IReferenceLayer reference,
        ReferenceCall start,
        IReadOnlyList<ReferenceBlob> diffs,
        long work,
        CampaignCase campaignCase)
    {
        (this.reference, this.start, this.diffs, this.campaignCase) = (reference, start, diffs, campaignCase);
        this.work = work + start.Bottoms.Concat(start.Parameters).Concat(start.Tops).Sum(b => (long)b.Count);
        if (reference is IReferenceGradient gradient && gradient.HasOwnGradient(start))
        {
            own = ReferenceCalls.Copy(start, diffs);
            reference.Forward(own);
            gradient.Backward(own);
        }
    }

    /// <summary>Compares the gradient of a bottom.</summary>
    /// <exception cref="ReferenceMismatchException">It is another.</exception>
    public void CompareBottom(int index, ReferenceBlob computed) =>
        Compare($"the gradient of bottom {index}", computed, call => call.Bottoms[index], own?.BottomDiffs[index]);

    /// <summary>Compares the gradient of a parameter.</summary>
    /// <exception cref="ReferenceMismatchException">It is another.</exception>
    public void CompareParameter(int index, ReferenceBlob computed) =>
        Compare($"the gradient of parameter {index}", computed, call => call.Parameters[index], own?.ParameterDiffs[index]);

    private void Compare(
        string what, ReferenceBlob computed, Func<ReferenceCall, ReferenceBlob> choose, ReferenceBlob? expected)
    {
        double length = Math.Sqrt(computed.Data.Sum(g => g * g));
        double size = length / Math.Sqrt(Math.Max(1, computed.Count));
        if (expected is not null)
        {
            for (int i = 0; i < computed.Count; i++)
            {
                Require(what, computed, i, computed.Data[i], expected.Data[i], size);
            }

            campaignCase.Count("gradients by formula", computed.Count);
            return;
        }

        bool isSmall = computed.Count <= MostCoordinates && 2 * work * computed.Count <= MostWork;
        PhiloxRandom random = campaignCase.Random;
        foreach (int i in isSmall
            ? Enumerable.Range(0, computed.Count)
            : Enumerable.Range(0, SomeCoordinates).Select(_ => random.Next(computed.Count)))
        {
            CompareSlope(what, computed, i, computed.Data[i], size, (call, step) => choose(call).Data[i] += step);
        }

        for (int d = 0; d < Directions && !isSmall; d++)
        {
            double[] signs = [.. computed.Data.Select(_ => random.Chance(0.5) ? 1.0 : -1.0)];
            double slope = computed.Data.Zip(signs, (g, s) => g * s).Sum();
            CompareSlope($"the slope along direction {d} of {what}", computed, -1, slope, length, (call, step) =>
            {
                double[] values = choose(call).Data;
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] += step * signs[i];
                }
            });
        }
    }

    private void CompareSlope(
        string what, ReferenceBlob computed, int index, double actual, double size, Action<ReferenceCall, double> move)
    {
        double middle = Objective(move, 0);
        var slopes = new List<double>();
        double gap = 0;
        foreach (double step in Steps)
        {
            double above = Objective(move, step), below = Objective(move, -step);
            slopes.Add((above - below) / (2 * step));
            gap = Math.Abs(above - (2 * middle) + below) / step;
            if (Math.Abs(slopes[^1] - actual) <= Allowed(slopes[^1], size))
            {
                campaignCase.Count("slopes");
                return;
            }
        }

        double spread = Math.Max(gap, slopes.Max() - slopes.Min());
        if (spread > Allowed(slopes[^1], size) && double.IsFinite(actual))
        {
            campaignCase.Count("slopes skipped at kinks");
            return;
        }

        Require(what, computed, index, actual, slopes[1], size);
    }

    private static double Allowed(double expected, double size) => Tolerance * Math.Max(1, Math.Max(Math.Abs(expected), size));

    private void Require(string what, ReferenceBlob computed, int index, double actual, double expected, double size)
    {
        double allowed = Allowed(expected, size);
        if (!actual.Equals(expected) && !(Math.Abs(actual - expected) <= allowed))
        {
            string place = index < 0 ? "" : $" at {index}";
            throw new ReferenceMismatchException(
                $"{start.Layer.Type}: {what} {computed.ShapeText} is {actual:R}{place}, the reference gives {expected:R} "
                + $"(allowed {allowed:G2})");
        }
    }

    private double Objective(Action<ReferenceCall, double> move, double step)
    {
        ReferenceCall call = ReferenceCalls.Copy(start);
        move(call, step);
        reference.Forward(call);
        double sum = 0;
        for (int top = 0; top < diffs.Count; top++)
        {
            for (int i = 0; i < diffs[top].Count; i++)
            {
                // What stands for a missing value, such as the maximum of nothing, depends on nothing.
                double value = call.Tops[top].Data[i];
                sum += Math.Abs(value) < Missing ? diffs[top].Data[i] * value : 0;
            }
        }

        return sum;
    }
}
