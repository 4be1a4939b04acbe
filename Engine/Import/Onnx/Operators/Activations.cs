using Cnn.Proto;

namespace Cnn.Engine.Import.Onnx.Operators;

/// <summary>Functions of each value by itself.</summary>
internal static class Activations
{
    /// <summary>ReLU.</summary>
    [ImportsOperator("Relu")]
    public static void Relu(NodeImport node) => Layer(node, "ReLU", _ => { });

    /// <summary>ReLU with a slope.</summary>
    [ImportsOperator("LeakyRelu")]
    public static void LeakyRelu(NodeImport node)
    {
        float slope = node.Float("alpha", 0.01f);
        Layer(node, "ReLU", layer => layer.ReluParam = new ReLUParameter { NegativeSlope = slope });
    }

    /// <summary>PReLU, where there is one slope or one for each channel.</summary>
    [ImportsOperator("PRelu")]
    public static void PRelu(NodeImport node)
    {
        ImportedValue x = node.In();
        ConstantArray slopes = node.Known(1, "slopes");
        bool isShared = slopes.Count == 1;
        if (!isShared && !Constants.IsOfAxis(slopes, x.Shape, 1))
        {
            throw node.Refusal(
                $"its slopes of shape {Sizes.Text(slopes.Shape)} are not one for each channel of "
                + Sizes.Text(x.Shape));
        }

        node.Out(node.Add(
            "PReLU",
            [x],
            x.Shape,
            layer =>
            {
                if (isShared)
                {
                    layer.PreluParam = new PReLUParameter { ChannelShared = true };
                }
            },
            [NodeImport.Weight(slopes, slopes.Count)]));
    }

    /// <summary>ELU.</summary>
    [ImportsOperator("Elu")]
    public static void Elu(NodeImport node)
    {
        float alpha = node.Float("alpha", 1);
        Layer(node, "ELU", layer => layer.EluParam = new ELUParameter { Alpha = alpha });
    }

    /// <summary>ELU times a number.</summary>
    [ImportsOperator("Selu")]
    public static void Selu(NodeImport node)
    {
        const float Alpha = 1.67326319f, Gamma = 1.05070102f;
        float alpha = node.Float("alpha", Alpha), gamma = node.Float("gamma", Gamma);
        Layer(node, "SeLU", layer =>
        {
            if (alpha != Alpha || gamma != Gamma)
            {
                layer.SeluParam = new SeLUParameter { Alpha = alpha, Lambda = gamma };
            }
        });
    }

    /// <summary>Functions that other operators can take in.</summary>
    [ImportsOperator("Sigmoid")]
    [ImportsOperator("Softplus")]
    [ImportsOperator("HardSigmoid")]
    [ImportsOperator("Tanh")]
    public static void Unary(NodeImport node)
    {
        ImportedValue x = node.In();
        string type = node.Node.OpType;
        float alpha = type == "HardSigmoid" ? node.Float("alpha", 0.2f) : 0;
        float beta = type == "HardSigmoid" ? node.Float("beta", 0.5f) : 0;
        node.Out(NodeImport.Later(
            x.Shape,
            new Derivation.Unary(x, type, alpha, beta),
            () => node.Add(
                type switch { "Softplus" => "BNLL", "Tanh" => "TanH", _ => type },
                [x],
                x.Shape,
                layer =>
                {
                    if (type == "HardSigmoid")
                    {
                        layer.HardSigmoidParam = new HardSigmoidParameter { Alpha = alpha, Beta = beta };
                    }
                })));
    }

    /// <summary>x HardSigmoid(x / 6 + 1/2).</summary>
    [ImportsOperator("HardSwish")]
    public static void HardSwish(NodeImport node) => Layer(node, "HardSwish", _ => { });

    /// <summary>x tanh(log(1 + exp(x))).</summary>
    [ImportsOperator("Mish")]
    public static void Mish(NodeImport node) => Layer(node, "Mish", _ => { });

    /// <summary>x sigmoid(alpha x).</summary>
    [ImportsOperator("Swish")]
    public static void Swish(NodeImport node) => Swish(node, node.In(), node.Float("alpha", 1));

    /// <summary>The magnitude.</summary>
    [ImportsOperator("Abs")]
    public static void Abs(NodeImport node) => Layer(node, "AbsVal", _ => { });

    /// <summary>Clip, or the rectifier that it is.</summary>
    [ImportsOperator("Clip")]
    public static void Clip(NodeImport node)
    {
        float low = node.Number(1, "min") ?? float.NegativeInfinity;
        float high = node.Number(2, "max") ?? float.PositiveInfinity;
        Limit(node, low, high);
    }

    /// <summary>The softmax over an axis; before opset 13 over all axes from one on.</summary>
    [ImportsOperator("Softmax")]
    [ImportsOperator("LogSoftmax")]
    public static void Softmax(NodeImport node)
    {
        ImportedValue x = node.In();
        bool isFlat = node.Opset < 13;
        int axis = node.Axis(node.Int("axis", isFlat ? 1 : -1), x.Axes);
        int[] shape = x.Shape;
        if (isFlat && Sizes.Count(shape.AsSpan(axis + 1)) != 1)
        {
            x = node.Reshape(x, [Sizes.Count(shape.AsSpan(0, axis)), Sizes.Count(shape.AsSpan(axis))]);
            axis = 1;
        }

        ImportedValue y = node.Add("Softmax", [x], x.Shape, layer =>
        {
            if (axis != 1)
            {
                layer.SoftmaxParam = new SoftmaxParameter { Axis = axis };
            }
        });
        if (node.Node.OpType == "LogSoftmax")
        {
            y = node.Add("Log", [y], y.Shape);
        }

        node.Out(node.Reshape(y, shape));
    }

    /// <summary>Dropout, which does nothing but in training.</summary>
    [ImportsOperator("Dropout")]
    public static void Dropout(NodeImport node)
    {
        if ((node.Has(2) && node.Known(2, "training_mode").Whole is [not 0]) || node.IsRead(1))
        {
            throw node.Refusal("it draws at random, as in training");
        }

        float ratio = node.Number(1, "ratio") ?? 0.5f;
        if (ratio is > 0 and < 1)
        {
            Layer(node, "Dropout", layer => layer.DropoutParam = new DropoutParameter { DropoutRatio = ratio });
        }
        else
        {
            node.Out(node.In());
        }
    }

    /// <summary>Nothing.</summary>
    [ImportsOperator("Identity")]
    public static void Identity(NodeImport node) => node.Out(node.In());

    /// <summary>Cuts values off at two ends.</summary>
    public static void Limit(NodeImport node, float low, float high)
    {
        if (low == 0 && high == 6)
        {
            Layer(node, "ReLU6", _ => { });
        }
        else if (low == 0 && float.IsPositiveInfinity(high))
        {
            Layer(node, "ReLU", _ => { });
        }
        else
        {
            // Text has the largest numbers rather than infinity.
            low = Math.Max(low, float.MinValue);
            high = Math.Min(high, float.MaxValue);
            Layer(node, "Clip", layer => layer.ClipParam = new ClipParameter { Min = low, Max = high });
        }
    }

    /// <summary>Binds the output to x sigmoid(beta x).</summary>
    public static void Swish(NodeImport node, ImportedValue x, float beta) => node.Out(node.Add(
        "Swish",
        [x],
        x.Shape,
        layer =>
        {
            if (beta != 1)
            {
                layer.SwishParam = new SwishParameter { Beta = beta };
            }
        }));

    private static void Layer(NodeImport node, string type, Action<LayerParameter> set)
    {
        ImportedValue x = node.In();
        node.Out(node.Add(type, [x], x.Shape, set));
    }
}
