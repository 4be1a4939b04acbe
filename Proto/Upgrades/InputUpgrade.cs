namespace Cnn.Proto;

/// <summary>
/// The net's own fields for inputs become an Input layer before the others. Without a shape, as in old caffemodels, the
/// names are dropped.
/// </summary>
internal static class InputUpgrade
{
    public static NetParameter Run(NetParameter net, SourceMap sources)
    {
        NetParameter upgraded = net.Clone();
        sources.Carry(net, upgraded);
        upgraded.Input.Clear();
        upgraded.InputDim.Clear();
        upgraded.InputShape.Clear();
        bool hasShapes = net.InputShape.Count > 0, hasDims = net.InputDim.Count > 0;
        if (net.Input.Count == 0 || !(hasShapes || hasDims))
        {
            return upgraded;
        }

        int expected = hasShapes ? net.Input.Count : 4 * net.Input.Count;
        int given = hasShapes ? net.InputShape.Count : net.InputDim.Count;
        if (given != expected)
        {
            int field = hasShapes ? NetParameter.InputShapeFieldNumber : NetParameter.InputDimFieldNumber;
            throw new CnnException(new Diagnostic(
                $"{(hasShapes ? "input_shape" : "input_dim")} is given {given} times for {net.Input.Count} input(s)",
                sources.Find(net, field),
                hasShapes ? "give it once an input" : "give four for each input"));
        }

        var layer = new LayerParameter { Name = "input", Type = "Input", InputParam = new InputParameter() };
        layer.Top.Add(net.Input);
        for (int i = 0; i < net.Input.Count; i++)
        {
            var shape = new BlobShape();
            if (hasShapes)
            {
                shape = net.InputShape[i].Clone();
            }
            else
            {
                for (int d = 0; d < 4; d++)
                {
                    shape.Dim.Add(net.InputDim[(4 * i) + d]);
                }
            }

            layer.InputParam.Shape.Add(shape);
        }

        if (sources.Find(net, NetParameter.InputFieldNumber) is { } at)
        {
            sources.Record(layer, at);
        }

        upgraded.Layer.Insert(0, layer);
        return upgraded;
    }
}
