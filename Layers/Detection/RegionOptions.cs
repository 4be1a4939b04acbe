using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>Checks of the <c>param_str</c> of py-faster-rcnn's layers.</summary>
internal static class RegionOptions
{
    /// <summary>Makes an error at the <c>param_str</c>.</summary>
    public static CnnException Error(LayerContext context, string text, string hint) =>
        context.Error(context.Parameter.PythonParam, PythonParameter.ParamStrFieldNumber, text, hint);

    /// <summary>Requires numbers more than 0.</summary>
    /// <exception cref="CnnException">There are none, or others.</exception>
    public static void RequirePositive(LayerContext context, string name, double[] values)
    {
        if (values.Length == 0 || Array.Exists(values, v => !(v > 0 && double.IsFinite(v))))
        {
            throw Error(
                context,
                $"{name} in param_str is [{string.Join(", ", values)}]",
                "one number or more, each more than 0");
        }
    }

    /// <summary>Requires four numbers, one for each side of a box.</summary>
    /// <exception cref="CnnException">There are others.</exception>
    public static void RequireFour(LayerContext context, string name, double[] values)
    {
        if (values.Length != 4 || Array.Exists(values, v => !double.IsFinite(v)))
        {
            throw Error(
                context, $"{name} in param_str is [{string.Join(", ", values)}]", "four numbers: x, y, width, height");
        }
    }
}
