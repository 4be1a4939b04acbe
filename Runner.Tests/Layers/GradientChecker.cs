using Cnn.Engine.Checks;

namespace Cnn.Tests.Layers;

/// <summary>
/// Fails a test where a layer's gradient is not its derivative; see <see cref="GradientCheck"/>, which compares them.
/// </summary>
internal sealed class GradientChecker
{
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
        var check = new GradientCheck
        {
            Step = Step,
            Tolerance = Tolerance,
            Bottoms = Bottoms,
            Tops = Tops,
            Kink = Kink,
            AddsToParameters = AddsToParameters,
            BeforeForward = BeforeForward is { } prepare ? () => prepare(harness) : null,
        };
        GradientResult result = check.Run(harness.Layer, harness.Bottoms, harness.Tops);

        Assert.True(result.First is null, $"{harness.Layer.Type} {result.First}");
        Assert.True(result.Compared > 0, "nothing was compared");
    }
}
