using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// Converts V0, where a layer was one message with the fields of all types inside <c>layers</c>, to V1.
/// </summary>
internal static class V0Upgrade
{
    private static readonly HashSet<string> CopiedFields = ["name", "blobs", "blobs_lr", "weight_decay"];
    private static readonly HashSet<string> Dropped = ["type", "new_num", "new_channels"];
    private static readonly HashSet<string> KeptNetFields = ["name", "input", "input_dim", "force_backward", "layers"];

    public static bool IsNeeded(NetParameter net) => net.Layers.Any(l => l.Layer is not null);

    /// <summary>
    /// Converts a net to V1 in place. Of the net's own fields it keeps those that Caffe keeps (name, input, input_dim,
    /// force_backward) and unknown ones.
    /// </summary>
    /// <exception cref="CnnException">A layer type is unknown, or no layer can take over a padding.</exception>
    public static void Apply(NetParameter net, SourceMap sources, ICollection<Diagnostic> warnings)
    {
        V0Padding.Remove(net, sources);
        foreach (FieldDescriptor field in NetParameter.Descriptor.Fields.InDeclarationOrder())
        {
            if (!KeptNetFields.Contains(field.Name))
            {
                field.Accessor.Clear(net);
            }
        }

        var errors = new List<Diagnostic>();
        for (int i = 0; i < net.Layers.Count; i++)
        {
            net.Layers[i] = Layer(net.Layers[i], sources, warnings, errors);
            SourceLocation? at = sources.Find(net.Layers[i]);
            FieldMove.Record(net, NetParameter.LayersFieldNumber, i, at, sources);
        }

        if (errors.Count > 0)
        {
            throw new CnnException(errors);
        }
    }

    private static V1LayerParameter Layer(
        V1LayerParameter connection, SourceMap sources, ICollection<Diagnostic> warnings, List<Diagnostic> errors)
    {
        if (connection.Layer is not { } old)
        {
            return connection;
        }

        var layer = new V1LayerParameter();
        FieldMove.Record(layer, 0, 0, sources.Find(connection), sources);
        V1Upgrade.WarnOfUnknownFields(connection, old.Name, warnings);
        V1Upgrade.WarnOfUnknownFields(old, old.Name, warnings);
        MoveNamed("bottom", connection);
        MoveNamed("top", connection);
        if (old.HasType && !V0Fields.Types.ContainsKey(old.Type))
        {
            errors.Add(new Diagnostic(
                $"unknown V0 layer type '{old.Type}'",
                sources.Find(old, V0LayerParameter.TypeFieldNumber),
                Suggestion.For(old.Type, V0Fields.Types.Keys),
                old.Name));
            return layer;
        }

        if (old.HasType)
        {
            FieldDescriptor type = V1LayerParameter.Descriptor.FindFieldByName("type");
            type.Accessor.SetValue(layer, type.EnumType.FindValueByName(V0Fields.Types[old.Type].V1Type).Number);
            FieldMove.Record(layer, type.FieldNumber, 0, sources.Find(old, V0LayerParameter.TypeFieldNumber), sources);
        }

        foreach (FieldDescriptor field in V0LayerParameter.Descriptor.Fields.InDeclarationOrder())
        {
            if (FieldMove.Has(old, field))
            {
                Field(old, field, layer, sources, warnings, errors);
            }
        }

        return layer;

        void MoveNamed(string name, V1LayerParameter from)
        {
            FieldDescriptor field = V1LayerParameter.Descriptor.FindFieldByName(name);
            FieldMove.Move(from, field, layer, field, sources);
        }
    }

    private static void Field(
        V0LayerParameter old,
        FieldDescriptor field,
        V1LayerParameter layer,
        SourceMap sources,
        ICollection<Diagnostic> warnings,
        List<Diagnostic> errors)
    {
        MessageDescriptor v1 = V1LayerParameter.Descriptor;
        if (CopiedFields.Contains(field.Name) || (field.Name == "hdf5_output_param" && old.Type == "hdf5_output"))
        {
            FieldMove.Move(old, field, layer, v1.FindFieldByName(field.Name), sources);
        }
        else if (V0Fields.TargetOf(field.Name, old.Type) is { } target)
        {
            SourceLocation? at = sources.Find(old, field.FieldNumber);
            FieldDescriptor holder = v1.FindFieldByName(target.Message);
            FieldDescriptor into = holder.MessageType.FindFieldByName(target.Field);
            try
            {
                FieldMove.Move(old, field, FieldMove.Child(layer, holder, at, sources), into, sources);
            }
            catch (CnnException exception)
            {
                errors.AddRange(exception.Diagnostics);
            }
        }
        else if (!Dropped.Contains(field.Name))
        {
            warnings.Add(new Diagnostic(
                $"field '{field.Name}' means nothing for a V0 layer of type '{old.Type}' and is dropped",
                sources.Find(old, field.FieldNumber),
                Layer: old.Name));
        }
    }
}
