namespace Cnn.Layers.Detection.Boxes;

/// <summary>
/// DeepDetect's <c>soft_nms</c>, after Bodla et al., "Soft-NMS: improving object detection with one line of code",
/// 2017: the first candidate is held against each box that stays, and for each moves back in the order of the scores,
/// to where its own times exp(-overlap^2 / theta) belongs. It stays unless it overlaps one by more than a threshold.
/// </summary>
/// <remarks>
/// As in that fork, what leaves the list is whatever is first by then: a candidate that has moved back is looked at
/// again, and one that has come to the front is lost. The scores of the detections do not change.
/// </remarks>
internal static unsafe class SoftSuppression
{
    /// <summary>Finds the boxes that stay.</summary>
    /// <param name="keys">
    /// The candidates' keys, see <see cref="ScoreOrder"/>, in the order of their scores; receives those that stay, in
    /// the order in which they were found.
    /// </param>
    /// <param name="boxes">The boxes by the keys' indices, <paramref name="stride"/> floats apart.</param>
    /// <param name="stride">Floats from one box to the next.</param>
    /// <param name="threshold">Overlap up to which boxes stay.</param>
    /// <param name="eta">Factor of the threshold after each box that stays, while it is above 0.5.</param>
    /// <param name="theta">See above.</param>
    /// <param name="scratch">Memory for two keys a candidate.</param>
    /// <returns>How many stay.</returns>
    public static int Run(
        Span<ulong> keys, float* boxes, nint stride, float threshold, float eta, float theta, ulong* scratch)
    {
        var list = new Span<ulong>(scratch, keys.Length);
        var found = new Span<ulong>(scratch + keys.Length, keys.Length);
        keys.CopyTo(list);
        int count = 0;
        while (!list.IsEmpty)
        {
            ulong first = list[0];
            int index = ScoreOrder.Index(first);
            Box box = *(Box*)(boxes + (index * stride));
            bool stays = true;
            for (int i = 0; i < count && stays; i++)
            {
                float overlap = Box.Overlap(box, *(Box*)(boxes + (ScoreOrder.Index(found[i]) * stride)));
                float score = (float)(ScoreOrder.Score(first) * Math.Exp(-(overlap * overlap) / theta));
                ReplaceFirst(list, score, index);
                stays = overlap <= threshold;
            }

            if (stays)
            {
                found[count++] = first;
                threshold *= eta < 1 && threshold > 0.5f ? eta : 1;
            }

            list = list[1..];
        }

        // The scores are those that the candidates had at first.
        for (int i = 0; i < count; i++)
        {
            foreach (ulong key in keys)
            {
                if (ScoreOrder.Index(key) == ScoreOrder.Index(found[i]))
                {
                    found[i] = key;
                    break;
                }
            }
        }

        found[..count].CopyTo(keys);
        return count;
    }

    // Takes the first out and puts one in behind those whose scores are as good.
    private static void ReplaceFirst(Span<ulong> list, float score, int index)
    {
        int at = 0;
        while (at + 1 < list.Length && ScoreOrder.Score(list[at + 1]) >= score)
        {
            list[at] = list[at + 1];
            at++;
        }

        list[at] = ScoreOrder.Key(score, index);
    }
}
