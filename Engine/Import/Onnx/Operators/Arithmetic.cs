using Cnn.Proto;
using static Cnn.Proto.EltwiseParameter.Types;

namespace Cnn.Engine.Import.Onnx.Operators;

/// <summary>Sums, products and choices of two values or more.</summary>
internal static class Arithmetic
{
    /// <summary>The sum.</summary>
    [ImportsOperator("Add")]
    public static void Add(NodeImport node) => node.Out(Sum(node, node.In(), node.In(1)));

    /// <summary>The difference.</summary>
    [ImportsOperator("Sub")]
    public static void Sub(NodeImport node)
    {
        ImportedValue a = node.In(), b = node.In(1);
        if (b.Constant is { } constant)
        {
            var negative = new ConstantArray(constant.Shape, Array.ConvertAll(constant.Floats, v => -v));
            node.Out(Sum(node, a, new ImportedValue(b.Shape) { Constant = negative }));
        }
        else
        {
            node.Out(Sum(node, a, Affine.Of(node, b, -1, 0)));
        }
    }

    /// <summary>The product, and the functions that are written as one.</summary>
    [ImportsOperator("Mul")]
    public static void Mul(NodeImport node)
    {
        ImportedValue a = node.In(), b = node.In(1);
        if (!AsFunction(node, a, b) && !AsFunction(node, b, a))
        {
            node.Out(Product(node, a, b));
        }
    }

    /// <summary>The quotient.</summary>
    [ImportsOperator("Div")]
    public static void Div(NodeImport node)
    {
        ImportedValue a = node.In(), b = node.In(1);
        if (b.Constant is { } divisor)
        {
            var factor = new ConstantArray(divisor.Shape, Array.ConvertAll(divisor.Floats, v => 1 / v));
            node.Out(Product(node, a, new ImportedValue(b.Shape) { Constant = factor }));
        }
        else if (a.Constant is null && a.Shape.AsSpan().SequenceEqual(b.Shape))
        {
            node.Out(Eltwise(node, EltwiseOp.Div, [a, b]));
        }
        else
        {
            node.Out(Product(node, Affine.Power(node, b, -1), a));
        }
    }

    /// <summary>The sum of any number of values.</summary>
    [ImportsOperator("Sum")]
    public static void SumOfAll(NodeImport node)
    {
        ImportedValue[] all = [.. Enumerable.Range(0, node.InputCount).Select(node.In)];
        bool isPlain = all.Length > 2
            && Array.TrueForAll(all, v => v.Constant is null && v.Shape.AsSpan().SequenceEqual(all[0].Shape));
        node.Out(isPlain
            ? Weighted(node, all)
            : all.Length == 0 ? throw node.Refusal("it has no inputs")
            : all.Aggregate((sum, next) => Sum(node, sum, next)));
    }

    /// <summary>The largest or the smallest, of values or of a value and a number.</summary>
    [ImportsOperator("Max")]
    [ImportsOperator("Min")]
    public static void Choice(NodeImport node)
    {
        bool isMax = node.Node.OpType == "Max";
        ImportedValue[] all = [.. Enumerable.Range(0, node.InputCount).Select(node.In)];
        if (all.Length == 2 && all[0].Constant is null && all[1].Constant is { Count: 1 } limit
            && limit.Shape.Length <= all[0].Axes)
        {
            float number = limit.Floats[0];
            Activations.Limit(
                node, isMax ? number : float.NegativeInfinity, isMax ? float.PositiveInfinity : number);
            return;
        }

        if (all.Length == 1)
        {
            node.Out(all[0]);
            return;
        }

        int[] shape = all.Aggregate(
            Array.Empty<int>(), (s, v) => Sizes.Broadcast(s, v.Shape) ?? throw Misfit(node, all[0], v));
        node.Out(Eltwise(
            node, isMax ? EltwiseOp.Max : EltwiseOp.Min, [.. all.Select(v => Broadcasting.Repeat(node, v, shape))]));
    }

    /// <summary>The rest of a division; only of places in an array, which become places in a plane.</summary>
    [ImportsOperator("Mod")]
    public static void Mod(NodeImport node)
    {
        ImportedValue x = node.In();
        ConstantArray divisor = node.Known(1, "divisor");
        if (x is not { Blob: null, Derivation: Derivation.ArrayPlaces places }
            || divisor.Count != 1 || divisor.Whole[0] != Sizes.Count(places.Shape.AsSpan(2)))
        {
            throw node.Refusal("a layer computes it of a pooling's indices alone, with the size of a plane");
        }

        node.Out(NodeImport.Later(
            x.Shape, new Derivation.WholeNumbers(places.Source, IsExact: true), () => places.Source));
    }

    /// <summary>Whether values are above a number; only as what becomes 1 or 0.</summary>
    [ImportsOperator("Greater")]
    public static void Greater(NodeImport node)
    {
        ImportedValue x = node.In();
        ConstantArray threshold = node.Known(1, "threshold");
        if (threshold.Count != 1 || threshold.Shape.Length > x.Axes)
        {
            throw node.Refusal($"it has {threshold.Count} thresholds, a Threshold layer has one");
        }

        float number = threshold.Floats[0];
        node.Out(NodeImport.Later(
            x.Shape,
            new Derivation.Above(x, number),
            () => node.Add(
                "Threshold",
                [x],
                x.Shape,
                layer => layer.ThresholdParam = new ThresholdParameter { Threshold = number })));
    }

    /// <summary>Another type of number, where the values stay what they are.</summary>
    [ImportsOperator("Cast")]
    public static void Cast(NodeImport node)
    {
        const int Float = 1, Half = 10, Double = 11, BrainHalf = 16;
        ImportedValue x = node.In();
        if (node.Int("to", 0) is Float or Half or Double or BrainHalf)
        {
            bool isWhole = x is { Blob: null, Derivation: Derivation.WholeNumbers { IsExact: true } };
            node.Out(isWhole ? x.Derivation!.Source : x);
            return;
        }

        bool isExact = x.Derivation is Derivation.WholeNumbers { IsExact: true } or Derivation.Above;
        node.Out(isExact ? x : NodeImport.Later(
            x.Shape,
            new Derivation.WholeNumbers(x, IsExact: false),
            () => throw node.Refusal("a layer computes no whole numbers; they are taken as indices alone")));
    }

    /// <summary>Returns the sum of two values, of which one may be known.</summary>
    public static ImportedValue Sum(NodeImport node, ImportedValue a, ImportedValue b)
    {
        if (a.Constant is not null)
        {
            (a, b) = (b, a);
        }

        if (b.Constant is { } constant)
        {
            return Constants.IsNumber(constant) && constant.Shape.Length <= a.Axes
                ? Affine.Of(node, a, 1, constant.Floats[0])
                : Constants.Apply(node, a, constant, adds: true);
        }

        if (a.Shape.AsSpan().SequenceEqual(b.Shape))
        {
            return AsAxpy(node, a, b) ?? AsAxpy(node, b, a) ?? Weighted(node, [a, b]);
        }

        int[] shape = Sizes.Broadcast(a.Shape, b.Shape) ?? throw Misfit(node, a, b);
        return shape.AsSpan().SequenceEqual(b.Shape)
            ? Broadcasting.Combine(node, b, a, adds: true)
            : Broadcasting.Combine(node, Broadcasting.Repeat(node, a, shape), b, adds: true);
    }

    /// <summary>Returns the product of two values, of which one may be known.</summary>
    public static ImportedValue Product(NodeImport node, ImportedValue a, ImportedValue b)
    {
        if (a.Constant is not null)
        {
            (a, b) = (b, a);
        }

        if (b.Constant is { } constant)
        {
            return Constants.IsNumber(constant) && constant.Shape.Length <= a.Axes
                ? Affine.Of(node, a, constant.Floats[0], 0)
                : Constants.Apply(node, a, constant, adds: false);
        }

        if (a.Shape.AsSpan().SequenceEqual(b.Shape))
        {
            return Eltwise(node, EltwiseOp.Prod, [a, b]);
        }

        int[] shape = Sizes.Broadcast(a.Shape, b.Shape) ?? throw Misfit(node, a, b);
        if (shape.AsSpan().SequenceEqual(b.Shape))
        {
            (a, b) = (b, a);
        }

        a = Broadcasting.Repeat(node, a, shape);
        bool isOfPlanes = a.Axes >= 3 && b.Axes == a.Axes && b.Shape[0] == a.Shape[0] && b.Shape[1] == a.Shape[1]
            && Sizes.Count(b.Shape.AsSpan(2)) == 1;
        return isOfPlanes
            ? NodeImport.Later(
                a.Shape,
                new Derivation.ScaledPlanes(a, b),
                () => Broadcasting.Combine(node, a, b, adds: false))
            : Broadcasting.Combine(node, a, b, adds: false);
    }

    private static ImportedValue? AsAxpy(NodeImport node, ImportedValue scaled, ImportedValue other) =>
        scaled is { Blob: null, Derivation: Derivation.ScaledPlanes planes }
            ? node.Add("Axpy", [planes.Factors, planes.Source, other], scaled.Shape)
            : null;

    private static ImportedValue Weighted(NodeImport node, ImportedValue[] values)
    {
        var inputs = new ImportedValue[values.Length];
        var factors = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            var (source, scale, shift) = Affine.Parts(values[i]);
            (inputs[i], factors[i]) = shift == 0 ? (source, scale) : (values[i], 1);
        }

        return node.Add("Eltwise", inputs, inputs[0].Shape, layer =>
        {
            if (Array.Exists(factors, f => f != 1))
            {
                layer.EltwiseParam = new EltwiseParameter { Coeff = { factors } };
            }
        });
    }

    private static ImportedValue Eltwise(NodeImport node, EltwiseOp operation, ImportedValue[] values) =>
        node.Add(
            "Eltwise",
            values,
            values[0].Shape,
            layer => layer.EltwiseParam = new EltwiseParameter { Operation = operation });

    // x f(x) where a layer computes it.
    private static bool AsFunction(NodeImport node, ImportedValue x, ImportedValue other)
    {
        if (other is not { Blob: null, Derivation: Derivation.Unary function })
        {
            return false;
        }

        var (source, scale, shift) = Affine.Parts(function.Source);
        switch (function.Type)
        {
            case "Sigmoid" when source == x && shift == 0:
                Activations.Swish(node, x, scale);
                return true;
            case "HardSigmoid" when function.Source == x && IsSixth(function):
                node.Out(node.Add("HardSwish", [x], x.Shape));
                return true;
            case "Tanh" when function.Source is { Blob: null, Derivation: Derivation.Unary { Type: "Softplus" } inner }
                && inner.Source == x:
                node.Out(node.Add("Mish", [x], x.Shape));
                return true;
            default:
                return false;
        }
    }

    private static bool IsSixth(Derivation.Unary function) =>
        MathF.Abs(function.Alpha - (1f / 6)) < 1e-6f && function.Beta == 0.5f;

    private static CnnException Misfit(NodeImport node, ImportedValue a, ImportedValue b) => node.Refusal(
        $"its inputs of shapes {Sizes.Text(a.Shape)} and {Sizes.Text(b.Shape)} do not fit");
}
