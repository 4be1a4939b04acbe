using Cnn.Campaigns.Running;
using Cnn.Fillers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Campaigns.Nets;

/// <summary>Draws nets of all layer types.</summary>
internal static class RandomNets
{
    private const int MostLayers = 12, MostTries = 6;

    private static readonly string[] Types = [.. LayerRecipes.All.Keys];

    /// <summary>Draws a net of 1 to 12 layers besides its inputs.</summary>
    /// <param name="random">The random numbers.</param>
    /// <param name="pool">Threads for what layers compute when they are made.</param>
    /// <param name="log">Counts what was drawn and refused.</param>
    /// <param name="phase">The phase; null for either.</param>
    /// <param name="types">The types to draw from; null for all.</param>
    public static NetCase Draw(
        PhiloxRandom random, WorkerPool pool, CampaignCase log, Phase? phase = null,
            IReadOnlyList<string>? types = null)
    {
        types ??= Types;
        Phase chosen = phase ?? (random.Next(2) == 0 ? Phase.Train : Phase.Test);
        var sketch = new NetSketch(pool, chosen);
        int count = random.Next(1, MostLayers + 1);
        for (int done = 0, tries = 0; done < count && tries < MostTries * MostLayers; tries++)
        {
            string type = types[random.Next(types.Count)];
            try
            {
                DrawnLayer drawn = RandomLayers.Draw(random, type, sketch.Blobs);
                sketch.Add(drawn, random);
                done++;
            }
            catch (CnnException refusal) when (refusal.Diagnostics.Count > 0 && refusal.Message.Length > 10)
            {
                log.Count("layers refused alone");
            }
        }

        sketch.Message.Name = "drawn";
        sketch.Message.ForceBackward = random.Next(2) == 0;
        AddRules(sketch, random, chosen);
        return new NetCase(sketch.Message, sketch.Fills, chosen, random.NextUInt64());
    }

    // Layers that nobody reads may be meant for one phase; rules that always hold may stand anywhere.
    private static void AddRules(NetSketch sketch, PhiloxRandom random, Phase phase)
    {
        foreach (LayerParameter layer in sketch.Message.Layer)
        {
            int kind = random.Next(40);
            if (kind == 0)
            {
                layer.Include.Add(new NetStateRule { Phase = phase });
            }
            else if (kind == 1)
            {
                layer.Include.Add(new NetStateRule { MinLevel = -1, NotStage = { "nowhere" } });
            }
            else if (kind == 2 && layer.Type != "Input" && sketch.Message.Layer.Count > 2
                && layer.Top.All(sketch.IsUnread)
                && layer.Bottom.All(b => !layer.Top.Contains(b)))
            {
                layer.Exclude.Add(new NetStateRule { Phase = phase });
            }
        }
    }
}
