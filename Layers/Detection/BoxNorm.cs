using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>
/// How the shifts of boxes are brought to a like size for training: less a mean, divided by a deviation, four of each.
/// </summary>
/// <param name="means">The means.</param>
/// <param name="deviations">The deviations.</param>
internal sealed class BoxNorm(double[] means, double[] deviations)
{
    /// <summary>Shifts as they are.</summary>
    public static BoxNorm None { get; } = new([0, 0, 0, 0], [1, 1, 1, 1]);

    /// <summary>Writes four shifts, normalized.</summary>
    /// <param name="shifts">The shifts.</param>
    /// <param name="to">Receives them.</param>
    /// <param name="step">Values from one to the next.</param>
    public void Write(
        (double X, double Y, double Width, double Height) shifts, Span<float> to, int step)
    {
        to[0] = Value(shifts.X, 0);
        to[step] = Value(shifts.Y, 1);
        to[2 * step] = Value(shifts.Width, 2);
        to[3 * step] = Value(shifts.Height, 3);
    }

    /// <summary>Returns a shift from its normalized value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="which">Which of the four.</param>
    public float Undo(float value, int which) => (float)((value * deviations[which]) + means[which]);

    /// <summary>Reads the means and the deviations of <c>param_str</c>.</summary>
    /// <exception cref="CnnException">There are not four of each, or a deviation is 0.</exception>
    public static BoxNorm Of(LayerContext context, string name, double[] means, double[] deviations)
    {
        RegionOptions.RequireFour(context, $"{name}_means", means);
        RegionOptions.RequireFour(context, $"{name}_stds", deviations);
        return Array.TrueForAll(deviations, d => d > 0)
            ? new BoxNorm(means, deviations)
            : throw RegionOptions.Error(
                context, $"{name}_stds in param_str is [{string.Join(", ", deviations)}]", "each more than 0");
    }

    private float Value(double shift, int which) => (float)((shift - means[which]) / deviations[which]);
}
