using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>Decides which layers run backward and which bottoms get a gradient.</summary>
internal static class BackwardPlan
{
    /// <summary>
    /// Switches off, from the last layer to the first, what cannot influence a parameter: layers that lead to no loss,
    /// and layers whose tops nobody wants a gradient of.
    /// </summary>
    public static void Prune(IReadOnlyList<NetLayer> layers)
    {
        var underLoss = new HashSet<string>();
        var unwanted = new HashSet<string>();
        for (int i = layers.Count - 1; i >= 0; i--)
        {
            NetLayer layer = layers[i];
            bool contributes = false;
            bool allUnwanted = true;
            for (int top = 0; top < layer.TopList.Count; top++)
            {
                string name = layer.TopNameList[top];
                contributes |= layer.LossWeightList[top] != 0 || underLoss.Contains(name);
                allUnwanted &= unwanted.Contains(name);
            }

            if (layer.NeedsBackward && allUnwanted)
            {
                layer.NeedsBackward = false;
                SwitchOff(layer);
            }

            if (!contributes)
            {
                layer.NeedsBackward = false;
                SwitchOff(layer);
            }

            for (int bottom = 0; bottom < layer.BottomList.Count; bottom++)
            {
                string name = layer.BottomNames[bottom];
                if (contributes)
                {
                    underLoss.Add(name);
                }

                if (!layer.PropagateDownList[bottom])
                {
                    unwanted.Add(name);
                }
            }
        }
    }

    /// <summary><c>force_backward</c>: everything runs backward, down to the inputs, where a layer allows it.</summary>
    public static void Force(IReadOnlyList<NetLayer> layers)
    {
        foreach (NetLayer layer in layers)
        {
            layer.NeedsBackward = true;
            for (int bottom = 0; bottom < layer.BottomList.Count; bottom++)
            {
                layer.PropagateDownList[bottom] |= layer.Layer.AllowsForceBackward(bottom);
            }

            for (int blob = 0; blob < layer.Layer.Blobs.Count; blob++)
            {
                layer.Layer.SetNeedsGradient(blob, true);
            }
        }
    }

    private static void SwitchOff(NetLayer layer)
    {
        for (int bottom = 0; bottom < layer.PropagateDownList.Count; bottom++)
        {
            layer.PropagateDownList[bottom] = false;
        }
    }
}
