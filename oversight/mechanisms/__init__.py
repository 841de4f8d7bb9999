"""The eight mechanisms by which Jiangsu's platform runs its major industrial projects, over project events.

    monthly         月度跟踪调度      quarterly      季度通报进展
    on_site         适时现场推进      consultation   定期部门会商
    adjustment      滚动实施调整      reserve        项目储备管理
    responsibility  目标责任考核      risk           投资风险评估

Named in the reply of Jiangsu's industry department to proposal no. 1002 (2021-06-18), which says what they are and not
by which numbers: those are dated data with units and sources (``criteria.json``). Each is one module and one pure
function from the facts up to the end of a period (:mod:`oversight.mechanisms.progress`) to a frame.
"""
