using System.Collections;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Campaigns.Nets;

/// <summary>Makes a net that fails smaller: leaves out layers and options as long as it still fails.</summary>
internal static class NetShrinker
{
    private const int MostTries = 400;

    /// <summary>Returns a net that fails too and of which nothing can be left out.</summary>
    public static NetCase Shrink(NetCase net, Func<NetCase, bool> fails)
    {
        int tries = 0;
        bool isSmaller = true;
        while (isSmaller)
        {
            isSmaller = false;
            foreach (NetCase smaller in Smaller(net))
            {
                if (tries++ >= MostTries)
                {
                    return net;
                }

                if (fails(smaller))
                {
                    (net, isSmaller) = (smaller, true);
                    break;
                }
            }
        }

        return net;
    }

    private static IEnumerable<NetCase> Smaller(NetCase net)
    {
        Dictionary<string, int[]> shapes = Shapes(net);
        for (int i = net.Message.Layer.Count - 1; i >= 0; i--)
        {
            if (Without(net, i, shapes) is { } smaller)
            {
                yield return smaller;
            }
        }

        for (int i = 0; i < net.Message.Layer.Count; i++)
        {
            foreach (LayerParameter simpler in Simpler(net.Message.Layer[i]).Cast<LayerParameter>())
            {
                NetParameter message = net.Message.Clone();
                message.Layer[i] = simpler;
                yield return net with { Message = message };
            }
        }
    }

    // The net without a layer, whose tops are inputs from then on where another layer reads them.
    private static NetCase? Without(NetCase net, int index, Dictionary<string, int[]> shapes)
    {
        LayerParameter layer = net.Message.Layer[index];
        NetParameter message = net.Message.Clone();
        message.Layer.RemoveAt(index);
        int at = index;
        foreach (string top in layer.Top.Except(layer.Bottom))
        {
            if (!message.Layer.Any(l => l.Bottom.Contains(top)))
            {
                continue;
            }

            if (layer.Type == "Input" || !shapes.TryGetValue(top, out int[]? shape))
            {
                return null;
            }

            var dims = new BlobShape();
            dims.Dim.Add(shape.Select(size => (long)size));
            message.Layer.Insert(at++, new LayerParameter
            {
                Name = top, Type = "Input", Top = { top }, InputParam = new InputParameter { Shape = { dims } },
            });
        }

        return message.Layer.Count == 0 ? null : net with { Message = message };
    }

    private static Dictionary<string, int[]> Shapes(NetCase net)
    {
        using var pool = new WorkerPool(1);
        try
        {
            using Net built = net.Build(pool);
            return built.Blobs.ToDictionary(b => b.Key, b => b.Value.Shape.ToArray());
        }
        catch (CnnException)
        {
            return [];
        }
    }

    // The message without one of its fields, at any depth.
    private static IEnumerable<IMessage> Simpler(IMessage message)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            bool isKept = message is LayerParameter
                && field.Name is "name" or "type" or "bottom" or "top" or "input_param";
            object value = field.Accessor.GetValue(message);
            if (isKept || field.IsRequired || (field.IsRepeated ? ((IList)value).Count == 0
                : !field.Accessor.HasValue(message)))
            {
                continue;
            }

            IMessage without = Copy(message);
            field.Accessor.Clear(without);
            yield return without;
            if (field is { IsRepeated: false, FieldType: FieldType.Message })
            {
                foreach (IMessage inner in Simpler((IMessage)value))
                {
                    IMessage changed = Copy(message);
                    field.Accessor.SetValue(changed, inner);
                    yield return changed;
                }
            }
        }
    }

    private static IMessage Copy(IMessage message) => message.Descriptor.Parser.ParseFrom(message.ToByteArray());
}
