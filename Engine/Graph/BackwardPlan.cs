namespace Cnn.Engine.Graph;

/// <summary>Decides which layers run backward and which bottoms get a gradient.</summary>
internal static class BackwardPlan
{
    /// <summary>
    /// Switches off the backward pass of layers that cannot influence a parameter, from the last layer to the first:
    /// layers that lead to no loss, and layers whose tops need no gradient.
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

    /// <summary>
    /// Applies <c>force_backward</c>: every layer that leads to a loss or an output runs backward, down to the inputs,
    /// where the layers allow it. A layer without a gradient, such as Accuracy, does not run backward, and neither does
    /// a layer whose tops it alone reads.
    /// </summary>
    public static void Force(IReadOnlyList<NetLayer> layers)
    {
        var wanted = new HashSet<string>();
        var read = new HashSet<string>();
        for (int i = layers.Count - 1; i >= 0; i--)
        {
            NetLayer layer = layers[i];
            layer.NeedsBackward = layer.Layer.HasGradient
                && (layer.TopList.Count == 0 || HasWantedTop(layer, wanted, read));
            for (int bottom = 0; bottom < layer.BottomList.Count; bottom++)
            {
                bool propagates = layer.NeedsBackward
                    && (layer.PropagateDownList[bottom] || layer.Layer.AllowsForceBackward(bottom));
                layer.PropagateDownList[bottom] = propagates;
                read.Add(layer.BottomNames[bottom]);
                if (propagates)
                {
                    wanted.Add(layer.BottomNames[bottom]);
                }
                else
                {
                    wanted.Remove(layer.BottomNames[bottom]);
                }
            }

            for (int blob = 0; blob < layer.Layer.Blobs.Count && layer.NeedsBackward; blob++)
            {
                layer.Layer.SetNeedsGradient(blob, true);
            }
        }
    }

    /// <summary>Lets no gradient through a layer.</summary>
    public static void SwitchOff(NetLayer layer)
    {
        for (int bottom = 0; bottom < layer.PropagateDownList.Count; bottom++)
        {
            layer.PropagateDownList[bottom] = false;
        }
    }

    private static bool HasWantedTop(NetLayer layer, HashSet<string> wanted, HashSet<string> read)
    {
        for (int top = 0; top < layer.TopList.Count; top++)
        {
            string name = layer.TopNameList[top];
            if (layer.LossWeightList[top] != 0 || wanted.Contains(name) || !read.Contains(name))
            {
                return true;
            }
        }

        return false;
    }
}
