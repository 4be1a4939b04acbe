namespace Cnn.Proto;

/// <summary>Converts the net's own <c>input</c> fields to an Input layer at the front.</summary>
internal static class InputUpgrade
{
    private const int DimsPerInput = 4;

    /// <summary>
    /// Replaces the fields in place. Names without any shape, as in old weight files, are dropped; so are shapes beyond
    /// those of the inputs, with a warning.
    /// </summary>
    /// <exception cref="CnnException">There are fewer shapes than inputs.</exception>
    public static void Apply(NetParameter net, SourceMap sources, ICollection<Diagnostic> warnings)
    {
        if (net.Input.Count == 0)
        {
            return;
        }

        if (net.InputShape.Count > 0 || net.InputDim.Count > 0)
        {
            RequireShapes(net, sources, warnings);
            net.Layer.Insert(0, InputLayer(net, sources));
            ShiftPlaces(net, sources);
        }

        net.Input.Clear();
        net.InputShape.Clear();
        net.InputDim.Clear();
    }

    private static void RequireShapes(NetParameter net, SourceMap sources, ICollection<Diagnostic> warnings)
    {
        int inputs = net.Input.Count;
        bool hasShapes = net.InputShape.Count > 0;
        int found = hasShapes ? net.InputShape.Count : net.InputDim.Count;
        int wanted = hasShapes ? inputs : inputs * DimsPerInput;
        if (found == wanted)
        {
            return;
        }

        var mismatch = new Diagnostic(
            $"the net has {inputs} 'input' and {found} '{(hasShapes ? "input_shape" : "input_dim")}' entries",
            sources.Find(net, hasShapes ? NetParameter.InputShapeFieldNumber : NetParameter.InputDimFieldNumber),
            hasShapes ? "give one shape for each input" : "give four for each input: number, channels, height, width");
        if (found < wanted)
        {
            throw new CnnException(mismatch);
        }

        warnings.Add(mismatch with { Hint = "what is too many is dropped" });
    }

    private static LayerParameter InputLayer(NetParameter net, SourceMap sources)
    {
        var layer = new LayerParameter { Name = "input", Type = "Input", InputParam = new InputParameter() };
        SourceLocation? at = sources.Find(net, NetParameter.InputFieldNumber);
        FieldMove.Record(layer, 0, 0, at, sources);
        FieldMove.Record(layer.InputParam, 0, 0, at, sources);
        for (int i = 0; i < net.Input.Count; i++)
        {
            layer.Top.Add(net.Input[i]);
            FieldMove.Record(
                layer, LayerParameter.TopFieldNumber, i, sources.Find(net, NetParameter.InputFieldNumber, i), sources);
            bool hasShapes = net.InputShape.Count > 0;
            BlobShape shape = hasShapes ? net.InputShape[i] : new BlobShape();
            SourceLocation? shapeAt = hasShapes
                ? sources.Find(net, NetParameter.InputShapeFieldNumber, i)
                : sources.Find(net, NetParameter.InputDimFieldNumber, i * DimsPerInput);
            for (int d = 0; !hasShapes && d < DimsPerInput; d++)
            {
                shape.Dim.Add(net.InputDim[(i * DimsPerInput) + d]);
            }

            layer.InputParam.Shape.Add(shape);
            FieldMove.Record(layer.InputParam, InputParameter.ShapeFieldNumber, i, shapeAt, sources);
            if (!hasShapes)
            {
                FieldMove.Record(shape, 0, 0, shapeAt, sources);
            }
        }

        return layer;
    }

    // The layers behind the inserted one have moved up, so the places that the net records for them move too.
    private static void ShiftPlaces(NetParameter net, SourceMap sources)
    {
        for (int i = 0; i < net.Layer.Count; i++)
        {
            FieldMove.Record(net, NetParameter.LayerFieldNumber, i, sources.Find(net.Layer[i]), sources);
        }
    }
}
