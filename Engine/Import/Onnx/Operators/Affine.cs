using Cnn.Proto;

namespace Cnn.Engine.Import.Onnx.Operators;

/// <summary>Factors and shifts of all values alike, which Power, Exp and Log layers take in.</summary>
internal static class Affine
{
    /// <summary>Returns scale x + shift, which gets a Power layer only where it is needed.</summary>
    public static ImportedValue Of(NodeImport node, ImportedValue x, float scale, float shift)
    {
        if (scale == 1 && x is { Blob: null, Derivation: Derivation.Affine { Shift: 0 } inner })
        {
            (x, scale) = (inner.Source, inner.Scale);
        }

        return NodeImport.Later(
            x.Shape, new Derivation.Affine(x, scale, shift), () => Power(node, x, scale, shift, 1));
    }

    /// <summary>Returns x as scale y + shift.</summary>
    public static (ImportedValue Source, float Scale, float Shift) Parts(ImportedValue x) =>
        x is { Blob: null, Derivation: Derivation.Affine affine }
            ? (affine.Source, affine.Scale, affine.Shift)
            : (x, 1, 0);

    /// <summary>Returns x to a power.</summary>
    public static ImportedValue Power(NodeImport node, ImportedValue x, float power)
    {
        var (source, scale, shift) = Parts(x);
        return Power(node, source, scale, shift, power);
    }

    /// <summary>x to a known power.</summary>
    [ImportsOperator("Pow")]
    public static void Pow(NodeImport node)
    {
        ConstantArray power = node.Known(1, "exponents");
        if (power.Count != 1)
        {
            throw node.Refusal($"it has {power.Count} exponents, a Power layer has one");
        }

        node.Out(Power(node, node.In(), power.Floats[0]));
    }

    /// <summary>The square root.</summary>
    [ImportsOperator("Sqrt")]
    public static void Sqrt(NodeImport node) => node.Out(Power(node, node.In(), 0.5f));

    /// <summary>1 / x.</summary>
    [ImportsOperator("Reciprocal")]
    public static void Reciprocal(NodeImport node) => node.Out(Power(node, node.In(), -1));

    /// <summary>-x.</summary>
    [ImportsOperator("Neg")]
    public static void Neg(NodeImport node) => node.Out(Of(node, node.In(), -1, 0));

    /// <summary>The exponential function.</summary>
    [ImportsOperator("Exp")]
    public static void Exp(NodeImport node)
    {
        var (x, scale, shift) = Parts(node.In());
        node.Out(node.Add("Exp", [x], x.Shape, layer =>
        {
            if (scale != 1 || shift != 0)
            {
                layer.ExpParam = new ExpParameter { Scale = scale, Shift = shift };
            }
        }));
    }

    /// <summary>The natural logarithm.</summary>
    [ImportsOperator("Log")]
    public static void Log(NodeImport node)
    {
        var (x, scale, shift) = Parts(node.In());
        node.Out(node.Add("Log", [x], x.Shape, layer =>
        {
            if (scale != 1 || shift != 0)
            {
                layer.LogParam = new LogParameter { Scale = scale, Shift = shift };
            }
        }));
    }

    private static ImportedValue Power(NodeImport node, ImportedValue x, float scale, float shift, float power) =>
        node.Add("Power", [x], x.Shape, layer =>
        {
            var options = new PowerParameter();
            if (power != 1)
            {
                options.Power = power;
            }

            if (scale != 1)
            {
                options.Scale = scale;
            }

            if (shift != 0)
            {
                options.Shift = shift;
            }

            layer.PowerParam = options;
        });
}
