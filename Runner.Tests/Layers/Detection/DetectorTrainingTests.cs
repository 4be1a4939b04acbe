using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Tests.Engine.Solvers;
using Cnn.Tests.Layers.Data;

namespace Cnn.Tests.Layers.Detection;

/// <summary>
/// A small Faster R-CNN with py-faster-rcnn's layers learns from drawn images of several sizes; a resumed run ends in
/// the bits of one that never stopped.
/// </summary>
[Trait("Category", "Resume")]
public sealed class DetectorTrainingTests : IDisposable
{
    private const string Net =
        """
        layer { name: "input-data" type: "Python" top: "data" top: "im_info" top: "gt_boxes"
          python_param { module: "roi_data_layer.layer" layer: "RoIDataLayer"
            param_str: "{'num_classes': 3, 'scales': [48, 56], 'max_size': 90}" }
          data_param { source: "SOURCE" backend: LMDB prefetch: PREFETCH } }
        layer { name: "scale" type: "Power" bottom: "data" top: "scaled" power_param { scale: 0.02 } }
        layer { name: "conv1" type: "Convolution" bottom: "scaled" top: "conv1" convolution_param {
          num_output: 8 kernel_size: 3 stride: 2 pad: 1 weight_filler { type: "msra" } } }
        layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
        layer { name: "conv2" type: "Convolution" bottom: "conv1" top: "conv2" convolution_param {
          num_output: 12 kernel_size: 3 stride: 2 pad: 1 weight_filler { type: "msra" } } }
        layer { name: "relu2" type: "ReLU" bottom: "conv2" top: "conv2" }
        layer { name: "conv3" type: "Convolution" bottom: "conv2" top: "conv3" convolution_param {
          num_output: 16 kernel_size: 3 stride: 2 pad: 1 weight_filler { type: "msra" } } }
        layer { name: "relu3" type: "ReLU" bottom: "conv3" top: "conv3" }
        layer { name: "rpn" type: "Convolution" bottom: "conv3" top: "rpn" convolution_param {
          num_output: 16 kernel_size: 3 pad: 1 weight_filler { type: "msra" } } }
        layer { name: "rpn_relu" type: "ReLU" bottom: "rpn" top: "rpn" }
        layer { name: "rpn_cls_score" type: "Convolution" bottom: "rpn" top: "rpn_cls_score" convolution_param {
          num_output: 4 kernel_size: 1 weight_filler { type: "gaussian" std: 0.01 } } }
        layer { name: "rpn_bbox_pred" type: "Convolution" bottom: "rpn" top: "rpn_bbox_pred" convolution_param {
          num_output: 8 kernel_size: 1 weight_filler { type: "gaussian" std: 0.01 } } }
        layer { name: "rpn_cls_score_reshape" type: "Reshape" bottom: "rpn_cls_score" top: "rpn_cls_score_reshape"
          reshape_param { shape { dim: 0 dim: 2 dim: -1 dim: 0 } } }
        layer { name: "rpn-data" type: "Python" bottom: "rpn_cls_score" bottom: "gt_boxes" bottom: "im_info"
          bottom: "data" top: "rpn_labels" top: "rpn_bbox_targets" top: "rpn_bbox_inside_weights"
          top: "rpn_bbox_outside_weights"
          python_param { module: "rpn.anchor_target_layer" layer: "AnchorTargetLayer"
            param_str: "{'feat_stride': 8, 'ratios': [1], 'scales': [1, 1.5], 'rpn_batchsize': 32, "
              "'allowed_border': 8}" } }
        layer { name: "rpn_loss_cls" type: "SoftmaxWithLoss" bottom: "rpn_cls_score_reshape" bottom: "rpn_labels"
          top: "rpn_cls_loss" loss_param { ignore_label: -1 normalize: true } }
        layer { name: "rpn_loss_bbox" type: "SmoothL1Loss" bottom: "rpn_bbox_pred" bottom: "rpn_bbox_targets"
          bottom: "rpn_bbox_inside_weights" bottom: "rpn_bbox_outside_weights" top: "rpn_loss_bbox" loss_weight: 1
          smooth_l1_loss_param { sigma: 3.0 } }
        layer { name: "rpn_cls_prob" type: "Softmax" bottom: "rpn_cls_score_reshape" top: "rpn_cls_prob" }
        layer { name: "rpn_cls_prob_reshape" type: "Reshape" bottom: "rpn_cls_prob" top: "rpn_cls_prob_reshape"
          reshape_param { shape { dim: 0 dim: 4 dim: -1 dim: 0 } } }
        layer { name: "proposal" type: "Python" bottom: "rpn_cls_prob_reshape" bottom: "rpn_bbox_pred"
          bottom: "im_info" top: "rpn_rois"
          python_param { module: "rpn.proposal_layer" layer: "ProposalLayer"
            param_str: "{'feat_stride': 8, 'ratios': [1], 'scales': [1, 1.5], 'rpn_min_size': 4, "
              "'rpn_post_nms_top_n': 50}" } }
        layer { name: "roi-data" type: "Python" bottom: "rpn_rois" bottom: "gt_boxes" top: "rois" top: "labels"
          top: "bbox_targets" top: "bbox_inside_weights" top: "bbox_outside_weights"
          python_param { module: "rpn.proposal_target_layer" layer: "ProposalTargetLayer"
            param_str: "{'num_classes': 3, 'batch_size': 16, 'bg_thresh_lo': 0, "
              "'bbox_normalize_targets_precomputed': true}" } }
        layer { name: "pool" type: "ROIPooling" bottom: "conv3" bottom: "rois" top: "pool"
          roi_pooling_param { pooled_w: 3 pooled_h: 3 spatial_scale: 0.125 } }
        layer { name: "fc" type: "InnerProduct" bottom: "pool" top: "fc"
          inner_product_param { num_output: 24 weight_filler { type: "msra" } } }
        layer { name: "fc_relu" type: "ReLU" bottom: "fc" top: "fc" }
        layer { name: "drop" type: "Dropout" bottom: "fc" top: "fc" dropout_param { dropout_ratio: 0.1 } }
        layer { name: "cls_score" type: "InnerProduct" bottom: "fc" top: "cls_score"
          inner_product_param { num_output: 3 weight_filler { type: "gaussian" std: 0.01 } } }
        layer { name: "bbox_pred" type: "InnerProduct" bottom: "fc" top: "bbox_pred"
          inner_product_param { num_output: 12 weight_filler { type: "gaussian" std: 0.01 } } }
        layer { name: "loss_cls" type: "SoftmaxWithLoss" bottom: "cls_score" bottom: "labels" top: "loss_cls"
          propagate_down: true propagate_down: false }
        layer { name: "loss_bbox" type: "SmoothL1Loss" bottom: "bbox_pred" bottom: "bbox_targets"
          bottom: "bbox_inside_weights" bottom: "bbox_outside_weights" top: "loss_bbox" loss_weight: 1 }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheLossFallsAndAResumedRunHasTheSameBits()
    {
        DrawnBoxes.Write(folder["db"], Enumerable.Range(0, 12).Select(DrawnBoxes.Random));
        float[] straight = Train(prefetch: 3, threads: 2, "straight", out List<double> losses);
        double first = losses.Take(20).Average(), last = losses.TakeLast(20).Average();
        Assert.True(last < 0.6 * first, $"the loss went from {first} to {last}");
        string snapshot = folder["straight_iter_100.solverstate"];
        Assert.Equal(straight, Train(prefetch: 0, threads: 3, "resumed", out List<double> rest, snapshot));
        Assert.Equal(losses.Skip(100), rest);
    }

    private float[] Train(
        int prefetch, int threads, string prefix, out List<double> losses, string? resumeFrom = null)
    {
        string net = Net.Replace("SOURCE", folder["db"], StringComparison.Ordinal)
            .Replace("PREFETCH", $"{prefetch}", StringComparison.Ordinal);
        using var pool = new WorkerPool(threads);
        using Solver solver = Training.Prepare(
            $$"""
            net_param { {{net}} }
            base_lr: 0.01 lr_policy: 'fixed' momentum: 0.9 weight_decay: 0.0005 max_iter: 200 snapshot: 100 display: 1
            random_seed: 5 snapshot_prefix: '{{folder[prefix]}}'
            """,
            pool,
            resumeFrom: resumeFrom);
        var seen = new List<double>();
        solver.Progressed += progress => seen.Add(progress.IterationLoss);
        Assert.True(solver.Solve());
        losses = seen;
        return Training.Weights(solver);
    }
}
