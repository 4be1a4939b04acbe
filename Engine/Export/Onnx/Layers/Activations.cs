using Cnn.Layers;
using Cnn.Layers.Activations;
using Cnn.Proto;
using ElementType = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataType;

namespace Cnn.Engine.Export.Onnx.Layers;

/// <summary>Functions of each value by itself.</summary>
internal static class Activations
{
    /// <summary>Relu, LeakyRelu where there is a slope, and Clip where the fork's limits are given.</summary>
    [ExportsLayer("ReLU")]
    public static void ReLU(LayerExport layer)
    {
        ReLUParameter options = layer.Definition.ReluParam ?? new ReLUParameter();
        string y = Rectified(layer, layer.In(), options.NegativeSlope);
        if (options.Relu6)
        {
            y = layer.Op("Min", [y, layer.Graph.Constant(6f)]);
        }

        if (layer.Layer.BottomList.Count > 1)
        {
            string flat = layer.Op("Reshape", [layer.In(1), layer.Graph.Constant(-1L)]);
            string first = layer.Op("Gather", [flat, layer.Graph.Constant([0L], [])], ("axis", 0));
            y = layer.Op("Min", [y, first]);
        }
        else if (options.Maximum > 0)
        {
            y = layer.Op("Min", [y, layer.Graph.Constant(options.Maximum)]);
        }

        if (options.Minimum != 0)
        {
            y = layer.Op("Max", [y, layer.Graph.Constant(options.Minimum)]);
        }

        layer.Top(y);
    }

    /// <summary>Returns a value rectified.</summary>
    public static string Rectified(LayerExport layer, string x, float slope) =>
        slope == 0 ? layer.Op("Relu", [x]) : layer.Op("LeakyRelu", [x], ("alpha", slope));

    /// <summary>A rectifier that ends at 6.</summary>
    [ExportsLayer("ReLU6")]
    public static void ReLU6(LayerExport layer)
    {
        float slope = layer.Definition.Relu6Param?.NegativeSlope ?? 0;
        layer.Top(slope == 0
            ? layer.Op("Clip", [layer.In(), layer.Graph.Constant(0f), layer.Graph.Constant(6f)])
            : layer.Op("Min", [Rectified(layer, layer.In(), slope), layer.Graph.Constant(6f)]));
    }

    /// <summary>PRelu: a slope for each channel, or one for all.</summary>
    [ExportsLayer("PReLU")]
    public static void PReLU(LayerExport layer)
    {
        int axes = layer.Bottom().AxisCount;
        int[] dims = new int[Math.Max(1, axes - 1)];
        Array.Fill(dims, 1);
        dims[0] = layer.Layer.Parameters[0].Count;
        layer.Top(layer.Op("PRelu", [layer.In(), layer.Weight(0, dims)]));
    }

    /// <summary>The exponential linear unit.</summary>
    [ExportsLayer("ELU")]
    public static void ELU(LayerExport layer) =>
        layer.Top(layer.Op("Elu", [layer.In()], ("alpha", layer.Definition.EluParam?.Alpha ?? 1f)));

    /// <summary>The scaled exponential linear unit.</summary>
    [ExportsLayer("SeLU")]
    [ExportsLayer("SeLu")]
    public static void SeLU(LayerExport layer)
    {
        SeLULayer.Unit unit = ((SeLULayer)layer.Layer.Layer).Values;
        layer.Top(layer.Op("Selu", [layer.In()], ("alpha", unit.Alpha), ("gamma", unit.Lambda)));
    }

    /// <summary>The logistic function.</summary>
    [ExportsLayer("Sigmoid")]
    public static void Sigmoid(LayerExport layer) => layer.Top(layer.Op("Sigmoid", [layer.In()]));

    /// <summary>The hyperbolic tangent.</summary>
    [ExportsLayer("TanH")]
    public static void TanH(LayerExport layer) => layer.Top(layer.Op("Tanh", [layer.In()]));

    /// <summary>LeNet-5's hyperbolic tangent.</summary>
    [ExportsLayer("ScaledTanH")]
    public static void ScaledTanH(LayerExport layer)
    {
        ScaledTanHParameter options = layer.Definition.ScaledTanhParam ?? new ScaledTanHParameter();
        layer.Top(layer.Times(layer.Op("Tanh", [layer.Times(layer.In(), options.Slope)]), options.Amplitude));
    }

    /// <summary>The magnitude.</summary>
    [ExportsLayer("AbsVal")]
    public static void AbsVal(LayerExport layer) => layer.Top(layer.Op("Abs", [layer.In()]));

    /// <summary>log(1 + exp(x)).</summary>
    [ExportsLayer("BNLL")]
    public static void BNLL(LayerExport layer) => layer.Top(layer.Op("Softplus", [layer.In()]));

    /// <summary>Cuts off at two ends.</summary>
    [ExportsLayer("Clip")]
    public static void Clip(LayerExport layer)
    {
        ClipParameter options = layer.Definition.ClipParam;
        layer.Top(layer.Op(
            "Clip", [layer.In(), layer.Graph.Constant(options.Min), layer.Graph.Constant(options.Max)]));
    }

    /// <summary>x sigmoid(beta x).</summary>
    [ExportsLayer("Swish")]
    public static void Swish(LayerExport layer)
    {
        float beta = layer.Definition.SwishParam?.Beta ?? 1;
        layer.Top(layer.Op("Mul", [layer.In(), layer.Op("Sigmoid", [layer.Times(layer.In(), beta)])]));
    }

    /// <summary>x tanh(log(1 + exp(x))).</summary>
    [ExportsLayer("Mish")]
    public static void Mish(LayerExport layer) =>
        layer.Top(layer.Op("Mul", [layer.In(), layer.Op("Tanh", [layer.Op("Softplus", [layer.In()])])]));

    /// <summary>A sigmoid of straight lines.</summary>
    [ExportsLayer("HardSigmoid")]
    public static void HardSigmoid(LayerExport layer)
    {
        HardSigmoidParameter options = layer.Definition.HardSigmoidParam ?? new HardSigmoidParameter();
        layer.Top(layer.Op("HardSigmoid", [layer.In()], ("alpha", options.Alpha), ("beta", options.Beta)));
    }

    /// <summary>x min(max(x + 3, 0), 6) / 6.</summary>
    [ExportsLayer("HardSwish")]
    public static void HardSwish(LayerExport layer) => layer.Top(layer.Op(
        "Mul", [layer.In(), layer.Op("HardSigmoid", [layer.In()], ("alpha", 1f / 6), ("beta", 0.5f))]));

    /// <summary>(shift + scale x) ^ power.</summary>
    [ExportsLayer("Power")]
    public static void Power(LayerExport layer)
    {
        PowerParameter options = layer.Definition.PowerParam ?? new PowerParameter();
        string y = layer.Plus(layer.Times(layer.In(), options.Scale), options.Shift);
        layer.Top(options.Power == 1 ? y : layer.Op("Pow", [y, layer.Graph.Constant(options.Power)]));
    }

    /// <summary>base ^ (shift + scale x).</summary>
    [ExportsLayer("Exp")]
    public static void Exp(LayerExport layer)
    {
        ExpParameter options = layer.Definition.ExpParam ?? new ExpParameter();
        float log = options.Base == -1 ? 1 : MathF.Log(options.Base);
        string x = layer.Plus(layer.Times(layer.In(), options.Scale * log), options.Shift * log);
        layer.Top(layer.Op("Exp", [x]));
    }

    /// <summary>The logarithm of shift + scale x to the base.</summary>
    [ExportsLayer("Log")]
    public static void Log(LayerExport layer)
    {
        LogParameter options = layer.Definition.LogParam ?? new LogParameter();
        string y = layer.Op("Log", [layer.Plus(layer.Times(layer.In(), options.Scale), options.Shift)]);
        layer.Top(layer.Times(y, options.Base == -1 ? 1 : 1 / MathF.Log(options.Base)));
    }

    /// <summary>Whether a value is above a threshold, as 1 or 0.</summary>
    [ExportsLayer("Threshold")]
    public static void Threshold(LayerExport layer)
    {
        float threshold = layer.Definition.ThresholdParam?.Threshold ?? 0;
        string above = layer.Op("Greater", [layer.In(), layer.Graph.Constant(threshold)]);
        layer.Top(layer.Cast(above, ElementType.Float));
    }

    /// <summary>Nothing, except with the forks' option that scales in testing.</summary>
    [ExportsLayer("Dropout")]
    public static void Dropout(LayerExport layer)
    {
        DropoutParameter options = layer.Definition.DropoutParam ?? new DropoutParameter();
        if (options.SampleWeightsTest)
        {
            throw layer.Refusal(
                "its values are drawn at random in testing too",
                options,
                DropoutParameter.SampleWeightsTestFieldNumber);
        }

        layer.Top(options.ScaleTrain ? layer.In() : layer.Times(layer.In(), 1 - options.DropoutRatio));
    }

    /// <summary>Nothing.</summary>
    [ExportsLayer("SeLUDropout")]
    [ExportsLayer("SeLuDropout")]
    public static void SeLUDropout(LayerExport layer) => layer.Top(layer.In());

    /// <summary>A factor of all, unless the layer is told to draw.</summary>
    [ExportsLayer("spatial_dropout.SpatialDropoutLayer")]
    public static void SpatialDropout(LayerExport layer) =>
        layer.Top(((PythonSpatialDropoutLayer)layer.Layer.Layer).Factor is { } factor
            ? layer.Times(layer.In(), factor)
            : throw layer.Refusal("it draws at random in testing too"));

    /// <summary>The expectation of the noisy rectifier: x Phi(x / s) + s phi(x / s), s^2 = sigmoid(x).</summary>
    [ExportsLayer("NoisyReLU")]
    public static void NoisyReLU(LayerExport layer)
    {
        string x = layer.In(), s = layer.Op("Sqrt", [layer.Op("Sigmoid", [x])]);
        string z = layer.Op("Div", [x, s]);
        string below = layer.Times(layer.Plus(layer.Op("Erf", [layer.Times(z, MathF.Sqrt(0.5f))]), 1), 0.5f);
        string bell = layer.Op("Exp", [layer.Times(layer.Op("Mul", [z, z]), -0.5f)]);
        string rest = layer.Op("Mul", [s, layer.Times(bell, 1 / MathF.Sqrt(2 * MathF.PI))]);
        layer.Top(layer.Op("Add", [layer.Op("Mul", [x, below]), rest]));
    }

    /// <summary>The largest of each group of neighbouring channels.</summary>
    [ExportsLayer("Maxout")]
    public static void Maxout(LayerExport layer)
    {
        MaxoutParameter options = layer.Definition.MaxoutParam ?? new MaxoutParameter();
        Blob bottom = layer.Bottom();
        int axis = layer.Axis(options.Axis);
        int[] parts =
        [
            .. bottom.Shape[..axis], bottom.Dim(axis) / (int)options.Pieces, (int)options.Pieces,
            .. bottom.Shape[(axis + 1)..],
        ];
        string pieces = layer.Reshape(layer.In(), parts, axis > 0 && layer.IsBatch(bottom));
        layer.Top(layer.Reduce("ReduceMax", pieces, [axis + 1], keeps: false));
    }
}
