using Cnn.Layers;

namespace Cnn.Tests.Layers;

/// <summary>
/// Compares a layer's gradients with finite differences of its outputs: the objective is the sum of the tops' values,
/// each times a random weight, and each input is moved one step in either direction. Also checks the contract of
/// <see cref="Layer.Backward"/>: the bottoms' diffs are overwritten whatever they held (they start as NaN), and the
/// parameters' diffs are accumulated (they start at a number that must still be included).
/// </summary>
internal sealed class GradientChecker
{
    private const float AlreadyThere = 0.5f;

    /// <summary>The step by which inputs are moved.</summary>
    public float Step { get; init; } = 1e-2f;

    /// <summary>The largest error, relative to the gradient where that is above 1.</summary>
    public double Tolerance { get; init; } = 2e-3;

    /// <summary>The bottoms to check; null for all, none for the parameters alone.</summary>
    public int[]? Bottoms { get; init; }

    /// <summary>The number of tops that count in the objective; the others' diffs are 0. The default is all.</summary>
    public int Tops { get; init; } = int.MaxValue;

    /// <summary>Inputs within two steps of this value are not checked: the function has a kink there.</summary>
    public float? Kink { get; init; }

    /// <summary>
    /// Whether the layer adds to the parameters' diffs, as all do but those that follow a fork of Caffe that does not.
    /// </summary>
    public bool AddsToParameters { get; init; } = true;

    /// <summary>Runs before every forward pass, to restore state that the layer carries between passes.</summary>
    public Action<LayerHarness>? BeforeForward { get; init; }

    public void Check(LayerHarness harness)
    {
        Forward(harness);
        float[][] weights = [.. harness.Tops.Select((top, i) => Weights(top, i))];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i].CopyTo(harness.Tops[i].Diff);
        }

        int[] bottoms = Bottoms ?? [.. Enumerable.Range(0, harness.Bottoms.Count)];
        foreach (int bottom in bottoms)
        {
            harness.Bottoms[bottom].Diff.Fill(float.NaN);
        }

        foreach (Blob blob in harness.Layer.Blobs)
        {
            blob.Diff.Fill(AlreadyThere);
        }

        if (bottoms.Length > 0)
        {
            harness.Backward(bottoms);
        }
        else
        {
            harness.BackwardToParameters();
        }

        int compared = 0;
        foreach (int bottom in bottoms)
        {
            compared += Compare(harness, weights, harness.Bottoms[bottom], 0, $"bottom {bottom}");
        }

        for (int i = 0; i < harness.Layer.Blobs.Count; i++)
        {
            if (harness.Layer.NeedsGradient(i))
            {
                float before = AddsToParameters ? AlreadyThere : 0;
                compared += Compare(harness, weights, harness.Layer.Blobs[i], before, $"blob {i}");
            }
        }

        Assert.True(compared > 0, "nothing was compared");
    }

    private int Compare(LayerHarness harness, float[][] weights, Blob blob, float offset, string what)
    {
        float[] computed = blob.Diff.ToArray();
        int compared = 0;
        for (int i = 0; i < blob.Count; i++)
        {
            float value = blob.Data[i];
            if (Kink is { } kink && Math.Abs(value - kink) < 2 * Step)
            {
                continue;
            }

            double above = ObjectiveAt(harness, weights, blob, i, value + Step);
            double below = ObjectiveAt(harness, weights, blob, i, value - Step);
            blob.Data[i] = value;
            double expected = (above - below) / ((double)(value + Step) - (value - Step));
            double actual = (double)computed[i] - offset;
            double allowed = Tolerance * Math.Max(1, Math.Max(Math.Abs(expected), Math.Abs(actual)));
            if (!(Math.Abs(expected - actual) <= allowed))
            {
                Assert.Fail(
                    $"{harness.Layer.Type} {what} {blob.ShapeText}: at value {i}, {value}, the gradient is {actual}, "
                    + $"expected {expected} within {allowed}");
            }

            compared++;
        }

        Forward(harness);
        return compared;
    }

    private double ObjectiveAt(LayerHarness harness, float[][] weights, Blob blob, int index, float value)
    {
        blob.Data[index] = value;
        Forward(harness);
        double sum = 0;
        for (int top = 0; top < weights.Length; top++)
        {
            Span<float> values = harness.Tops[top].Data;
            for (int i = 0; i < values.Length; i++)
            {
                sum += weights[top][i] == 0 ? 0 : (double)weights[top][i] * values[i];
            }
        }

        return sum;
    }

    private void Forward(LayerHarness harness)
    {
        BeforeForward?.Invoke(harness);
        harness.Forward();
    }

    private float[] Weights(Blob top, int index)
    {
        var weights = new float[top.Count];
        if (index < Tops)
        {
            LayerHarness.Fill(weights, (ulong)(1000 + index), -1.5f, 1.5f);
        }

        return weights;
    }
}
